// The providers as they will be: those of the file, and those of the draft.
import { ownerOf, put, type Draft } from '../draft/draft';
import type { Change } from '../generated/Change';
import type { ProviderRow } from '../generated/ProviderRow';
import type { View } from '../generated/View';
import { withoutModel } from '../models/models';

type Of<K> = Extract<Change, { kind: K }>;

export interface ShownProvider extends ProviderRow {
  /** It is in the draft only. */
  readonly added: Of<'addProvider'> | null;
  readonly removed: Of<'removeProvider'> | null;
}

function asAdded(added: Of<'addProvider'>, draft: Draft): ShownProvider {
  const models = draft.filter(change => change.kind === 'addModel' && change.provider === added.provider).length;
  return {
    id: added.provider,
    about: models === 0 ? 'new, no model yet' : `new · ${models} ${models === 1 ? 'model' : 'models'}`,
    mark: { shape: 'wait', text: 'new' },
    inFile: true,
    local: true,
    baseUrl: added.baseUrl,
    api: added.api,
    // What is not in the file yet has no tag.
    key: { kind: 'none', shown: '', tag: '' },
    timeoutSeconds: null,
    headers: [],
    settings: [],
    authHeader: null,
    allowPrivateNetwork: null,
    hint: { shape: 'wait', text: 'asked once it is in the file' },
    referrers: 0,
    line: null,
    problems: [],
    added,
    removed: null,
  };
}

export function shownProviders(view: View, draft: Draft): ShownProvider[] {
  const removal = (id: string): Of<'removeProvider'> | null =>
    draft.find(
      (change): change is Of<'removeProvider'> => change.kind === 'removeProvider' && change.provider === id,
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
  return row.added ? rest : put(rest, { kind: 'removeProvider', provider: row.id, force: true });
}

/** The id of a provider that is in the draft only; what was said of it goes along. */
export function renameAddedProvider(draft: Draft, was: string, to: string): Draft {
  const led = (ref: string): string => (ref.startsWith(`${was}/`) ? `${to}${ref.slice(was.length)}` : ref);
  return draft.map(change => {
    if (change.kind === 'alias') return { ...change, modelRef: led(change.modelRef) };
    if (change.kind === 'route') return { ...change, to: change.to.map(led) };
    if ('of' in change && 'provider' in change.of && change.of.provider === was) {
      return { ...change, of: { ...change.of, provider: to } };
    }
    return 'provider' in change && change.provider === was ? { ...change, provider: to } : change;
  });
}
