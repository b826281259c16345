// Changes as the window makes them: where a setting is, and what is set there.
import type { Change } from '../generated/Change';
import type { Fields } from '../generated/Fields';
import type { Owner } from '../generated/Owner';
import type { Place } from '../generated/Place';

export type Of<K> = Extract<Change, { kind: K }>;

/** A change of a value whose type is known. */
export type SetTo<T> = Omit<Of<'set'>, 'was' | 'to'> & { was: T | null; to: T | null };

export function set<T>(at: Place, was: T | null, to: T | null): SetTo<T> {
  return { kind: 'set', at, was, to };
}

export const MODE: Place = { of: { kind: 'models' }, key: ['mode'] };

export function ofProvider(provider: string, ...key: string[]): Place {
  return { of: { kind: 'provider', provider }, key };
}

export function ofModel(provider: string, model: string, ...key: string[]): Place {
  return { of: { kind: 'model', provider, model }, key };
}

export function aliasOf(modelRef: string): Place {
  return { of: { kind: 'entry', agent: null, modelRef }, key: ['alias'] };
}

/** Names an owner among all others. */
export function ownerKey(of: Owner): string {
  switch (of.kind) {
    case 'models':
      return 'models';
    case 'provider':
      return JSON.stringify(['provider', of.provider]);
    case 'model':
      return JSON.stringify(['model', of.provider, of.model]);
    case 'agent':
      return JSON.stringify(['agent', of.agent]);
    case 'entry':
      return JSON.stringify(['entry', of.agent, of.modelRef]);
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the fields have at a key; `null` for nothing. */
export function valueAt(fields: Fields, key: readonly string[]): unknown {
  return key.reduce<unknown>((value, step) => (isFields(value) ? value[step] : null), fields) ?? null;
}

/** The same fields with another value at a key; `null` takes it out. */
export function withValue(fields: Fields, key: readonly string[], to: unknown): Fields {
  const [first, ...rest] = key;
  if (first === undefined) return fields;
  const { [first]: old, ...others } = fields;
  const below = rest.length === 0 ? to : withValue(isFields(old) ? old : {}, rest, to);
  const isEmpty = below === null || (rest.length > 0 && isFields(below) && Object.keys(below).length === 0);
  return isEmpty ? others : { ...others, [first]: below };
}

export function textAt(fields: Fields, ...key: string[]): string | null {
  const value = valueAt(fields, key);
  return typeof value === 'string' ? value : null;
}

export function numberAt(fields: Fields, ...key: string[]): number | null {
  const value = valueAt(fields, key);
  return typeof value === 'number' ? value : null;
}

export function flagAt(fields: Fields, ...key: string[]): boolean | null {
  const value = valueAt(fields, key);
  return typeof value === 'boolean' ? value : null;
}
