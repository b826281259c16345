// The draft: the changes that a person has made and not saved yet. Pure functions over immutable lists, at most one change for
// each setting. The file may move on underneath; then the draft stays, and says so.
import type { Change } from '../generated/Change';
import type { Owner } from '../generated/Owner';
import type { SettingView } from '../generated/SettingView';
import type { View } from '../generated/View';

export type Draft = readonly Change[];

/** Names the setting that a change is about. */
export function settingOf(change: Change): string {
  switch (change.kind) {
    case 'alias':
      return JSON.stringify(['alias', change.modelRef]);
    case 'limit':
      return JSON.stringify(['limit', change.provider, change.model, change.limit]);
    case 'route':
      return JSON.stringify(['route', change.agent]);
    case 'model':
      return JSON.stringify(['model', change.provider, change.model, change.field]);
    case 'flag':
      return JSON.stringify(['flag', change.provider, change.flag]);
    case 'header':
      return JSON.stringify(['header', change.provider, change.name]);
    case 'addModel':
    case 'removeModel':
      return JSON.stringify(['entry', change.provider, change.model]);
    case 'renameModel':
      return JSON.stringify(['id', change.provider, change.was]);
    case 'addProvider':
    case 'removeProvider':
      return JSON.stringify(['entry', change.provider]);
    case 'renameProvider':
      return JSON.stringify(['id', change.was]);
    case 'mode':
      return 'mode';
    case 'setting':
      return JSON.stringify(['setting', change.of, change.key]);
    case 'secret':
      return JSON.stringify(['secret', change.of, change.key]);
    default:
      return JSON.stringify([change.kind, change.provider]);
  }
}

/** Whose setting it is. */
export function ownerOf(change: Change): Owner {
  switch (change.kind) {
    case 'alias': {
      const [provider = '', ...model] = change.modelRef.split('/');
      return { kind: 'model', provider, model: model.join('/') };
    }
    case 'limit':
    case 'model':
    case 'addModel':
    case 'removeModel':
      return { kind: 'model', provider: change.provider, model: change.model };
    case 'renameModel':
      return { kind: 'model', provider: change.provider, model: change.was };
    case 'renameProvider':
      return { kind: 'provider', provider: change.was };
    case 'route':
      return { kind: 'agent', agent: change.agent };
    case 'mode':
      return { kind: 'models' };
    case 'setting':
    case 'secret':
      return change.of;
    default:
      return { kind: 'provider', provider: change.provider };
  }
}

export function sameSetting(a: Change, b: Change): boolean {
  return settingOf(a) === settingOf(b);
}

/** The change of the draft to the same setting as `like`, typed as that kind. */
export function changeOf<C extends Change>(draft: Draft, like: C): C | undefined {
  return draft.find((change): change is C => sameSetting(change, like));
}

export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function holds(draft: Draft, change: Change): boolean {
  return draft.some(other => sameSetting(other, change) && sameValue(target(other), target(change)));
}

/** What a change leads to; of an entry that comes or goes, the whole change. */
function target(change: Change): unknown {
  return 'to' in change ? change.to : change;
}

const SECRET: readonly Change['kind'][] = ['key', 'header', 'secret'];

/** A new secret can't be compared with the old one's tag, so it always is a change; so is an entry that comes or goes. */
function changesNothing(change: Change): boolean {
  return 'to' in change && !SECRET.includes(change.kind) && sameValue(change.was, change.to);
}

/** Puts a change in: it replaces an earlier one to the same setting, and vanishes when it leads back to what the file says. */
export function put(draft: Draft, change: Change): Draft {
  const at = draft.findIndex(other => sameSetting(other, change));
  if (changesNothing(change)) return at < 0 ? draft : draft.toSpliced(at, 1);
  return at < 0 ? [...draft, change] : draft.with(at, change);
}

export function without(draft: Draft, change: Change): Draft {
  return draft.filter(other => !sameSetting(other, change));
}

/** What has no field of its own; `undefined` where the view does not tell. */
function settingsOf(view: View, of: Owner): readonly SettingView[] | undefined {
  switch (of.kind) {
    case 'provider':
      return view.providers.find(row => row.id === of.provider)?.settings;
    case 'model':
      return view.models.find(row => row.provider === of.provider && row.id === of.model)?.settings;
    case 'agent':
      return view.routes.find(route => route.agent === of.agent)?.settings;
    default:
      return undefined;
  }
}

/** What the view says now for the setting of a change; `undefined` when it knows of no such setting. */
export function current(view: View, change: Change): unknown {
  switch (change.kind) {
    case 'alias':
      return view.models.find(model => model.modelRef === change.modelRef)?.alias;
    case 'limit':
      return view.models.find(model => model.provider === change.provider && model.id === change.model)?.[change.limit];
    case 'model': {
      const model = view.models.find(row => row.provider === change.provider && row.id === change.model);
      return model && (model.fields[change.field] ?? null);
    }
    case 'route':
      // An agent without one of its own has none written.
      return (
        view.routes.find(route => route.agent === change.agent)?.written ??
        (change.agent !== null && view.followers.includes(change.agent) ? [] : undefined)
      );
    case 'mode':
      return view.config.mode;
    case 'setting':
      // What the view does not tell, the review will.
      if (!settingsOf(view, change.of)) return undefined;
      return settingsOf(view, change.of)?.find(it => sameValue(it.key, change.key))?.value ?? null;
    case 'secret':
      return settingsOf(view, change.of)?.find(it => sameValue(it.key, change.key))?.secret?.tag ?? '';
    case 'header':
    case 'flag':
    case 'baseUrl':
    case 'api':
    case 'timeout':
    case 'key': {
      const provider = view.providers.find(row => row.id === change.provider);
      if (!provider) return undefined;
      if (change.kind === 'baseUrl') return provider.baseUrl;
      if (change.kind === 'api') return provider.api;
      if (change.kind === 'timeout') return provider.timeoutSeconds;
      if (change.kind === 'flag') return provider[change.flag];
      if (change.kind === 'header') {
        return provider.headers.find(header => header.name === change.name)?.value.tag ?? '';
      }
      return provider.key.tag;
    }
    default:
      return undefined;
  }
}

/** Whether the file's value was changed under the draft: a save would be a conflict. */
export function moved(view: View, change: Change): boolean {
  if (view.config.state !== 'good') return false;
  const now = current(view, change);
  return now !== undefined && 'was' in change && !sameValue(now, change.was);
}

/** The file says by itself what the change would make it say. Of a secret nobody can tell. */
function isSo(view: View, change: Change): boolean {
  switch (change.kind) {
    case 'key':
    case 'header':
    case 'secret':
      return change.to.kind === 'none' && current(view, change) === '';
    case 'removeModel':
      return !view.models.some(row => row.provider === change.provider && row.id === change.model);
    case 'removeProvider':
      return !view.providers.some(row => row.id === change.provider && row.inFile);
    case 'renameModel':
      return view.models.some(row => row.provider === change.provider && row.id === change.to && row.inFile);
    case 'renameProvider':
      return view.providers.some(row => row.id === change.to && row.inFile);
    default:
      return sameValue(current(view, change), target(change));
  }
}

const LAST: readonly Change['kind'][] = ['renameModel', 'renameProvider', 'removeModel', 'removeProvider'];

/** As the host takes them, one after the other: first what comes, by their old names what changes, then what is renamed or goes. */
export function ordered(draft: Draft): Draft {
  const rank = ({ kind }: Change): number =>
    kind === 'addProvider' ? -2 : kind === 'addModel' ? -1 : LAST.indexOf(kind) + 1;
  const added = draft.filter(change => change.kind === 'addProvider');
  const isPart = (change: Change): change is Extract<Change, { kind: 'key' }> =>
    change.kind === 'key' && added.some(it => it.provider === change.provider);
  // The key of a new provider belongs beside its address.
  const whole = draft.flatMap((change): Change[] => {
    if (isPart(change)) return [];
    if (change.kind !== 'addProvider') return [change];
    return [{ ...change, key: draft.filter(isPart).find(it => it.provider === change.provider)?.to ?? change.key }];
  });
  return whole.sort((a, b) => rank(a) - rank(b));
}

/** The draft on a new view: what the file says by itself now is no change any more; all else stays as the person left it. */
export function rebase(draft: Draft, view: View): Draft {
  if (view.config.state !== 'good') return draft;
  const kept = draft.filter(change => !isSo(view, change));
  return kept.length === draft.length ? draft : kept;
}

/** With a fix taken: of what is new it becomes a part, else it starts from what the file says, not from what the draft makes of it. */
export function fixed(draft: Draft, fix: Change, view: View): Draft {
  const isModel = fix.kind === 'limit' || fix.kind === 'model';
  const isProvider = fix.kind === 'baseUrl' || fix.kind === 'api';
  for (const change of draft) {
    if (isModel && change.kind === 'addModel' && change.provider === fix.provider && change.model === fix.model) {
      const field = fix.kind === 'limit' ? fix.limit : fix.field;
      const others = Object.entries(change.fields).filter(([other]) => other !== field);
      return put(draft, {
        ...change,
        fields: Object.fromEntries(fix.to === null ? others : [...others, [field, fix.to]]),
      });
    }
    if (isProvider && fix.to !== null && change.kind === 'addProvider' && change.provider === fix.provider) {
      return put(draft, { ...change, [fix.kind]: fix.to });
    }
  }
  return current(view, fix) === undefined ? put(draft, fix) : keepMine(draft, fix, view);
}

/** The person has seen the file's new value and still wants theirs: the change starts from there now. */
export function keepMine(draft: Draft, change: Change, view: View): Draft {
  const now = current(view, change);
  if (now === undefined) return draft;
  return put(draft, { ...change, was: now } as Change);
}
