// The models as they will be: those of the file, and those of the draft. What a change of one of their settings is.
import { ownerOf, put, sameValue, type Draft } from '../draft/draft';
import type { Change } from '../generated/Change';
import type { FieldValue } from '../generated/FieldValue';
import type { Limit } from '../generated/Limit';
import type { ModelField } from '../generated/ModelField';
import type { ModelRow } from '../generated/ModelRow';
import type { View } from '../generated/View';

type Of<K> = Extract<Change, { kind: K }>;

export interface Shown extends ModelRow {
  /** It is in the draft only: its settings are those of this change. */
  readonly added: Of<'addModel'> | null;
}

function asAdded(added: Of<'addModel'>): Shown {
  const { provider, model, fields } = added;
  const number = (field: ModelField): number | null => (typeof fields[field] === 'number' ? fields[field] : null);
  return {
    modelRef: `${provider}/${model}`,
    provider,
    id: model,
    alias: null,
    about: '',
    inFile: true,
    contextWindow: number('contextWindow'),
    maxTokens: number('maxTokens'),
    served: null,
    maximum: null,
    input: Array.isArray(fields.input) ? fields.input : ['text'],
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

const isLimit = (field: ModelField): field is Limit => field === 'contextWindow' || field === 'maxTokens';

/** What the file says, or what a new one is to have. */
export function written(row: Shown, field: ModelField): FieldValue | null {
  return isLimit(field) ? row[field] : (row.fields[field] ?? null);
}

export function fieldChange(row: Shown, field: ModelField, to: FieldValue | null): Change {
  if (row.added) {
    const others = Object.entries(row.added.fields).filter(([other]) => other !== field);
    return { ...row.added, fields: Object.fromEntries(to === null ? others : [...others, [field, to]]) };
  }
  const { provider, id: model } = row;
  if (isLimit(field)) {
    const number = (value: FieldValue | null): number | null => (typeof value === 'number' ? value : null);
    return { kind: 'limit', provider, model, limit: field, was: row[field], to: number(to) };
  }
  return { kind: 'model', provider, model, field, was: written(row, field), to };
}

/** The id of a model that is in the draft only; what was said of it goes along. */
export function renameAdded(draft: Draft, added: Of<'addModel'>, to: string): Draft {
  const [was, now] = [`${added.provider}/${added.model}`, `${added.provider}/${to}`];
  const led = (ref: string): string => (ref === was ? now : ref);
  const of = { kind: 'model', provider: added.provider, model: added.model } as const;
  return draft.map(change => {
    if (change === added) return { ...added, model: to };
    if (change.kind === 'alias') return { ...change, modelRef: led(change.modelRef) };
    if (change.kind === 'route') return { ...change, to: change.to.map(led) };
    if ((change.kind === 'setting' || change.kind === 'secret') && sameValue(change.of, of)) {
      return { ...change, of: { ...of, model: to } };
    }
    return change;
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
  return put(rest, { kind: 'removeModel', provider: row.provider, model: row.id, force: true });
}

export const renameOf = (row: Shown, to: string): Of<'renameModel'> => ({
  kind: 'renameModel',
  provider: row.provider,
  was: row.id,
  to,
});

export const removalOf = (row: Shown): Of<'removeModel'> => ({
  kind: 'removeModel',
  provider: row.provider,
  model: row.id,
  force: true,
});
