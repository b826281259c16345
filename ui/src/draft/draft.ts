// The draft: the changes that a person has made and not saved yet. Pure functions over immutable lists, at most one change for
// each setting. The file may move on underneath; then the draft stays, and says so.
import type { Change } from '../generated/Change';
import type { Fields } from '../generated/Fields';
import type { Owner } from '../generated/Owner';
import type { Place } from '../generated/Place';
import type { SettingView } from '../generated/SettingView';
import type { View } from '../generated/View';
import { MODE, ofProvider, ownerKey, valueAt, withValue, type Of } from './change';

export type Draft = readonly Change[];

/** Names the setting that a change is about. */
export function settingOf(change: Change): string {
  switch (change.kind) {
    case 'set':
    case 'secret':
      return JSON.stringify([ownerKey(change.at.of), change.at.key]);
    case 'route':
      return JSON.stringify(['route', change.agent]);
    case 'addProvider':
      return JSON.stringify(['entry', change.provider, null]);
    case 'addModel':
    case 'remove':
      return JSON.stringify(['entry', change.provider, change.model]);
    case 'rename':
      return JSON.stringify(['id', change.provider, change.model]);
  }
}

/** Whose setting it is. */
export function ownerOf(change: Change): Owner {
  switch (change.kind) {
    case 'set':
    case 'secret': {
      const { of, key } = change.at;
      if (of.kind !== 'entry' || of.agent !== null || key[0] !== 'alias') return of;
      const [provider = '', ...model] = of.modelRef.split('/');
      return { kind: 'model', provider, model: model.join('/') };
    }
    case 'route':
      return { kind: 'agent', agent: change.agent };
    case 'addProvider':
      return { kind: 'provider', provider: change.provider };
    default: {
      const { provider, model } = change;
      return model === null ? { kind: 'provider', provider } : { kind: 'model', provider, model };
    }
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

/** A new secret can't be compared with the old one's tag, so it always is a change; so is an entry that comes or goes. */
function changesNothing(change: Change): boolean {
  return (change.kind === 'set' || change.kind === 'route') && sameValue(change.was, change.to);
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

interface Written {
  fields: Fields;
  settings: readonly SettingView[];
}

/** What the file has of an owner; `undefined` where the view does not tell. */
function writtenOf(view: View, of: Owner): Written | undefined {
  switch (of.kind) {
    case 'provider':
      return view.providers.find(row => row.id === of.provider);
    case 'model':
      return view.models.find(row => row.provider === of.provider && row.id === of.model);
    case 'agent': {
      const route = view.routes.find(route => route.agent === of.agent);
      return route && { fields: {}, settings: route.settings };
    }
    default:
      return undefined;
  }
}

function valueOf(view: View, { of, key }: Place): unknown {
  if (of.kind === 'models') return sameValue(key, MODE.key) ? view.config.mode : undefined;
  if (of.kind === 'entry') {
    const model = view.models.find(row => row.modelRef === of.modelRef);
    return of.agent === null && sameValue(key, ['alias']) ? model?.alias : undefined;
  }
  const written = writtenOf(view, of);
  // What the view does not tell, the review will.
  if (!written) return undefined;
  return valueAt(written.fields, key) ?? written.settings.find(it => sameValue(it.key, key))?.value ?? null;
}

function tagOf(view: View, { of, key }: Place): string | undefined {
  const [first, name] = key;
  if (of.kind === 'provider' && key.length === 1 && first === 'apiKey') {
    return view.providers.find(row => row.id === of.provider)?.key.tag;
  }
  if (of.kind === 'provider' && first === 'headers') {
    const headers = view.providers.find(row => row.id === of.provider)?.headers;
    return headers && (headers.find(header => header.name === name)?.value.tag ?? '');
  }
  return writtenOf(view, of)?.settings.find(it => sameValue(it.key, key))?.secret?.tag ?? '';
}

/** What the view says now for the setting of a change; `undefined` when it knows of no such setting. */
export function current(view: View, change: Change): unknown {
  switch (change.kind) {
    case 'set':
      return valueOf(view, change.at);
    case 'secret':
      return tagOf(view, change.at);
    case 'route':
      // An agent without one of its own has none written.
      return (
        view.routes.find(route => route.agent === change.agent)?.written ??
        (change.agent !== null && view.followers.includes(change.agent) ? [] : undefined)
      );
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
    case 'secret':
      return change.to.kind === 'none' && current(view, change) === '';
    case 'remove':
      return change.model === null
        ? !view.providers.some(row => row.id === change.provider && row.inFile)
        : !view.models.some(row => row.provider === change.provider && row.id === change.model);
    case 'rename':
      return change.model === null
        ? view.providers.some(row => row.id === change.to && row.inFile)
        : view.models.some(row => row.provider === change.provider && row.id === change.to && row.inFile);
    default:
      return sameValue(current(view, change), target(change));
  }
}

/** As the host takes them, one after the other: first what comes, by their old names what changes, then what is renamed or goes. */
export function ordered(draft: Draft): Draft {
  const rank = (change: Change): number => {
    if (change.kind === 'addProvider') return 0;
    if (change.kind === 'addModel') return 1;
    if (change.kind !== 'rename' && change.kind !== 'remove') return 2;
    return (change.kind === 'rename' ? 3 : 5) + (change.model === null ? 1 : 0);
  };
  const added = draft.filter(change => change.kind === 'addProvider');
  /** The key of a new provider belongs beside its address. */
  const isPart = (change: Change): change is Of<'secret'> =>
    change.kind === 'secret' && added.some(it => sameValue(change.at, ofProvider(it.provider, 'apiKey')));
  const whole = draft.flatMap((change): Change[] => {
    if (isPart(change)) return [];
    if (change.kind !== 'addProvider') return [change];
    const place = ofProvider(change.provider, 'apiKey');
    return [{ ...change, key: draft.filter(isPart).find(it => sameValue(it.at, place))?.to ?? change.key }];
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
  if (fix.kind === 'set') {
    const { of, key } = fix.at;
    const coming = draft.find(
      (change): change is Of<'addProvider' | 'addModel'> =>
        (change.kind === 'addProvider' || change.kind === 'addModel') && sameValue(ownerOf(change), of),
    );
    if (coming) return put(draft, { ...coming, fields: withValue(coming.fields, key, fix.to) });
  }
  return current(view, fix) === undefined ? put(draft, fix) : keepMine(draft, fix, view);
}

/** The person has seen the file's new value and still wants theirs: the change starts from there now. */
export function keepMine(draft: Draft, change: Change, view: View): Draft {
  const now = current(view, change);
  if (now === undefined) return draft;
  return put(draft, { ...change, was: now } as Change);
}
