/** What the dialogs for a new provider share: the key as it was typed, and what is still wrong. */
import type { NewKey } from '../generated/NewKey';

/** `null` while it is not yet one; any way but these two is no key. */
export function typedKey(way: string, typed: string): NewKey | null {
  const text = typed.trim();
  if (way === 'env') return /^[A-Z_][A-Z0-9_]*$/.test(text) ? { kind: 'env', value: text } : null;
  if (way === 'literal') return text === '' ? null : { kind: 'literal', value: text };
  return { kind: 'none' };
}

export function newProviderFault(it: {
  id: string;
  /** The ids that there are. */
  taken: readonly string[];
  baseUrl: string;
  way: string;
  key: NewKey | null;
}): string | null {
  const name = it.id.trim();
  if (name === '' || /[\s/\\]/.test(name)) return 'An id has no slash and no white space.';
  if (it.taken.includes(name)) return `There is a provider ${name}.`;
  if (!/^https?:\/\/[^\s/]/.test(it.baseUrl.trim()) && !it.baseUrl.includes('${')) {
    return 'A base URL looks like http://127.0.0.1:1234/v1.';
  }
  if (it.key === null) return it.way === 'env' ? 'The name of a variable: A-Z, 0-9 and _.' : 'The key is empty.';
  return null;
}
