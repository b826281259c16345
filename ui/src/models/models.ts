// The models as they will be: those of the file, and those of the draft. What a change of one of their settings is.
import { numberAt, ofModel, set, valueAt, withValue, type Of, type SetTo } from '../draft/change';
import { ownerOf, put, sameValue, type Draft } from '../draft/draft';
import type { Change } from '../generated/Change';
import type { ModelRow } from '../generated/ModelRow';
import type { View } from '../generated/View';

/** What a field of a model takes. */
export type FieldValue = boolean | number | string | string[];

export interface Shown extends ModelRow {
  /** It is in the draft only: its settings are those of this change. */
  readonly added: Of<'addModel'> | null;
}

function asAdded(added: Of<'addModel'>): Shown {
  const { provider, model, fields } = added;
  return {
    modelRef: `${provider}/${model}`,
    provider,
    id: model,
    alias: null,
    about: '',
    inFile: true,
    contextWindow: numberAt(fields, 'contextWindow'),
    maxTokens: numberAt(fields, 'maxTokens'),
    served: null,
    maximum: null,
    input: Array.isArray(fields.input) ? (fields.input as string[]) : ['text'],
    reasoning: fields.reasoning === true,
    cost: null,
    fields,
    settings: [],
    mark: { shape: 'wait', text: 'new' },
    problems: [],
    added,
  };
}

export function writtenModels(view: View): Shown[] {
  return view.models.map(model => ({ ...model, added: null }));
}

/** In the order of the file; a new one after the others of its provider. The very list that came in where none is new. */
export function shownModels(written: readonly Shown[], draft: Draft): readonly Shown[] {
  const coming = draft.filter(change => change.kind === 'addModel');
  if (coming.length === 0) return written;
  const rows = [...written];
  for (const change of coming) {
    const last = rows.findLastIndex(row => row.provider === change.provider && row.inFile);
    rows.splice(last < 0 ? rows.length : last + 1, 0, asAdded(change));
  }
  return rows;
}

/** What the file says, or what a new one is to have. */
export function written(row: Shown, key: readonly string[]): FieldValue | null {
  return valueAt(row.fields, key) as FieldValue | null;
}

export function fieldChange(
  row: Shown,
  key: readonly string[],
  to: FieldValue | null,
): SetTo<FieldValue> | Of<'addModel'> {
  if (row.added) return { ...row.added, fields: withValue(row.added.fields, key, to) };
  return set(ofModel(row.provider, row.id, ...key), written(row, key), to);
}

/** The id of a model that is in the draft only; what was said of it goes along. */
export function renameAdded(draft: Draft, added: Of<'addModel'>, to: string): Draft {
  const [was, now] = [`${added.provider}/${added.model}`, `${added.provider}/${to}`];
  const led = (ref: string): string => (ref === was ? now : ref);
  const of = { kind: 'model', provider: added.provider, model: added.model } as const;
  return draft.map(change => {
    if (change === added) return { ...added, model: to };
    if (change.kind === 'route') return { ...change, to: change.to.map(led) };
    if (!('at' in change)) return change;
    const { at } = change;
    if (at.of.kind === 'entry') return { ...change, at: { ...at, of: { ...at.of, modelRef: led(at.of.modelRef) } } };
    return sameValue(at.of, of) ? { ...change, at: { ...at, of: { ...of, model: to } } } : change;
  });
}

/** The draft without anything about a model: it goes, or does not come. */
export function withoutModel(draft: Draft, provider: string, model: string): Draft {
  const ref = `${provider}/${model}`;
  const isAbout = (change: Change): boolean => {
    const of = ownerOf(change);
    return of.kind === 'model' && of.provider === provider && of.model === model;
  };
  const without = (change: Change): Change =>
    change.kind === 'route' && change.to.includes(ref)
      ? { ...change, to: change.to.filter(member => member !== ref) }
      : change;
  return draft
    .filter(change => !isAbout(change))
    .map(without)
    .filter(change => change.kind !== 'route' || change.agent !== null || change.to.length > 0);
}

export function removeModel(draft: Draft, row: Shown): Draft {
  const rest = withoutModel(draft, row.provider, row.id);
  if (row.added) return rest;
  return put(rest, removalOf(row));
}

export const renameOf = (row: Shown, to: string): Of<'rename'> => ({
  kind: 'rename',
  provider: row.provider,
  model: row.id,
  to,
});

export const removalOf = (row: Shown): Of<'remove'> => ({
  kind: 'remove',
  provider: row.provider,
  model: row.id,
  force: true,
});
