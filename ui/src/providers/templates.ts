// Providers to start from. They are data of the rules; here is only what a pick of one puts into the draft.
import type { Change } from '../generated/Change';
import type { NewKey } from '../generated/NewKey';
import type { Template } from '../generated/Template';
import templates from '../generated/templates.json';

export const TEMPLATES = templates as readonly Template[];

/** Ids that no provider has yet: `vllm`, `vllm-2`. */
export function freeId(id: string, taken: readonly string[]): string {
  let free = id;
  const isTaken = (): boolean => taken.some(it => it.toLowerCase() === free.toLowerCase());
  for (let n = 2; isTaken(); n += 1) free = `${id}-${n}`;
  return free;
}

export interface Wish {
  provider: string;
  baseUrl: string;
  api: string | null;
  key: NewKey;
  timeoutSeconds: number | null;
}

export function providerChanges({ provider, baseUrl, api, key, timeoutSeconds }: Wish): Change[] {
  const changes: Change[] = [{ kind: 'addProvider', provider, baseUrl, api, key: { kind: 'none' } }];
  // A change of its own, as of any other provider; what is sent has it in its place.
  if (key.kind !== 'none') changes.push({ kind: 'key', provider, was: '', to: key });
  if (timeoutSeconds !== null) changes.push({ kind: 'timeout', provider, was: null, to: timeoutSeconds });
  return changes;
}

/** A hosted model gets its alias; one that many hosts serve is pinned to those of the template. */
export function hostedChanges({ modelRef, alias, hosts }: Template['models'][number], to: string = alias): Change[] {
  const named: Change = { kind: 'alias', modelRef, was: null, to };
  if (hosts.length === 0) return [named];
  const only = { only: hosts, allow_fallbacks: false, data_collection: 'deny' };
  const of = { kind: 'entry', agent: null, modelRef } as const;
  return [named, { kind: 'setting', of, key: ['params', 'provider'], was: null, to: only }];
}
