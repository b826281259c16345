// The providers as they will be: those of the file, and those of the draft.
import { textAt, type Of } from '../draft/change';
import { ownerOf, put, type Draft } from '../draft/draft';
import type { Owner } from '../generated/Owner';
import type { ProviderRow } from '../generated/ProviderRow';
import type { View } from '../generated/View';
import { withoutModel } from '../models/models';

export interface ShownProvider extends ProviderRow {
  /** It is in the draft only. */
  readonly added: Of<'addProvider'> | null;
  readonly removed: Of<'remove'> | null;
}

function asAdded(added: Of<'addProvider'>, draft: Draft): ShownProvider {
  const models = draft.filter(change => change.kind === 'addModel' && change.provider === added.provider).length;
  return {
    id: added.provider,
    about: models === 0 ? 'new, no model yet' : `new · ${models} ${models === 1 ? 'model' : 'models'}`,
    mark: { shape: 'wait', text: 'new' },
    inFile: true,
    local: true,
    baseUrl: textAt(added.fields, 'baseUrl'),
    api: textAt(added.fields, 'api'),
    // What is not in the file yet has no tag.
    key: { kind: 'none', shown: '', variable: null, tag: '' },
    headers: [],
    fields: added.fields,
    settings: [],
    answer: { mark: { shape: 'wait', text: 'asked once it is in the file' }, facts: [] },
    referrers: 0,
    line: null,
    problems: [],
    added,
    removed: null,
  };
}

export function shownProviders(view: View, draft: Draft): ShownProvider[] {
  const removal = (id: string): Of<'remove'> | null =>
    draft.find(
      (change): change is Of<'remove'> => change.kind === 'remove' && change.model === null && change.provider === id,
    ) ?? null;
  const rows = view.providers.map((row): ShownProvider => ({ ...row, added: null, removed: removal(row.id) }));
  const added = draft.filter(change => change.kind === 'addProvider').map(change => asAdded(change, draft));
  // Those that OpenClaw brings itself come last.
  const end = rows.findLastIndex(row => row.inFile) + 1;
  return rows.toSpliced(end, 0, ...added);
}

/** The draft without anything about a provider; where it is in the file, it goes with all its models. */
export function removeProvider(draft: Draft, row: ShownProvider): Draft {
  const models = draft.flatMap(change =>
    change.kind === 'addModel' && change.provider === row.id ? [change.model] : [],
  );
  const rest = models
    .reduce((rest, model) => withoutModel(rest, row.id, model), draft)
    .filter(change => {
      const of = ownerOf(change);
      return !('provider' in of) || of.provider !== row.id;
    });
  return row.added ? rest : put(rest, { kind: 'remove', provider: row.id, model: null, force: true });
}

/** The id of a provider that is in the draft only; what was said of it goes along. */
export function renameAddedProvider(draft: Draft, was: string, to: string): Draft {
  const led = (ref: string): string => (ref.startsWith(`${was}/`) ? `${to}${ref.slice(was.length)}` : ref);
  const ledOwner = (of: Owner): Owner => {
    if (of.kind === 'entry') return { ...of, modelRef: led(of.modelRef) };
    return 'provider' in of && of.provider === was ? { ...of, provider: to } : of;
  };
  return draft.map(change => {
    if (change.kind === 'route') return { ...change, to: change.to.map(led) };
    if ('at' in change) return { ...change, at: { ...change.at, of: ledOwner(change.at.of) } };
    return 'provider' in change && change.provider === was ? { ...change, provider: to } : change;
  });
}
