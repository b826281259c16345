// Providers to start from. They are data of the rules; here is only what a pick of one puts into the draft.
import { aliasOf, ofProvider, set, withValue } from '../draft/change';
import { sameSetting } from '../draft/draft';
import type { Change } from '../generated/Change';
import type { Fields } from '../generated/Fields';
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
  const fields = [['api', api] as const, ['timeoutSeconds', timeoutSeconds] as const].reduce(
    (fields, [name, value]) => withValue(fields, [name], value),
    { baseUrl } as Fields,
  );
  const changes: Change[] = [{ kind: 'addProvider', provider, fields, key: { kind: 'none' } }];
  // A change of its own, as of any other provider; what is sent has it in its place.
  if (key.kind !== 'none') changes.push({ kind: 'secret', at: ofProvider(provider, 'apiKey'), was: '', to: key });
  return changes;
}

/** A hosted model, under a name that may be another. */
export function hostedChanges({ modelRef, changes }: Template['models'][number], alias: string): Change[] {
  const named = set(aliasOf(modelRef), null, alias);
  return changes.map(change => (sameSetting(change, named) ? named : change));
}
