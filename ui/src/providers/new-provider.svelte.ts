// A provider that is being made: what was typed of it, and what is still wrong.
import type { NewKey } from '../generated/NewKey';
import type { Reading } from '../shared/reading';
import { variableFor } from '../shared/describe';

export type KeyWay = 'marker' | 'env' | 'literal' | 'none';

export function readId(typed: string, taken: readonly string[]): Reading<string> {
  const id = typed.trim();
  if (id === '' || /[\s/\\]/.test(id)) return { ok: false, why: 'An id has no slash and no white space.' };
  const same = taken.find(it => it.toLowerCase() === id.toLowerCase());
  if (same !== undefined) return { ok: false, why: `There is a provider ${same}.` };
  return { ok: true, value: id };
}

export function readUrl(typed: string): Reading<string> {
  const url = typed.trim();
  const ok = /^https?:\/\/[^\s/]/.test(url) || url.includes('${');
  return ok ? { ok, value: url } : { ok, why: 'A base URL looks like http://127.0.0.1:1234/v1.' };
}

export class NewProvider {
  id = $state('');
  baseUrl = $state('');
  api = $state<string | null>(null);
  keyWay = $state<KeyWay>('none');
  keyText = $state('');
  /** Ids that there are. */
  readonly taken: readonly string[];
  /** What a server without keys takes for one; no secret. */
  marker = $state<string | null>(null);
  /** The variable that its key is expected in. */
  variable = $state<string | null>(null);
  /** `null` while what was typed is no key yet. */
  readonly key = $derived.by((): NewKey | null => {
    const text = this.keyText.trim();
    if (this.keyWay === 'marker') return { kind: 'literal', value: this.marker ?? '' };
    if (this.keyWay === 'env') return /^[A-Z_][A-Z0-9_]*$/.test(text) ? { kind: 'env', value: text } : null;
    if (this.keyWay === 'literal') return text === '' ? null : { kind: 'literal', value: text };
    return { kind: 'none' };
  });
  readonly keyFault = $derived.by(() => {
    if (this.key !== null) return null;
    return this.keyWay === 'env' ? 'The name of a variable: A-Z, 0-9 and _.' : 'The key is empty.';
  });
  readonly ready = $derived.by(() => this.key !== null && readId(this.id, this.taken).ok && readUrl(this.baseUrl).ok);

  constructor(taken: readonly string[]) {
    this.taken = taken;
  }

  start(from: {
    id: string;
    baseUrl: string;
    api: string | null;
    marker: string | null;
    variable: string | null;
  }): void {
    Object.assign(this, from);
    this.setKeyWay(from.marker !== null ? 'marker' : from.variable !== null ? 'env' : 'none');
  }

  setKeyWay(to: KeyWay): void {
    this.keyWay = to;
    this.keyText = to === 'env' ? (this.variable ?? variableFor(this.id, 'KEY')) : '';
  }
}
