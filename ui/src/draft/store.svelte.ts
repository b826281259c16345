// What the person has changed and not saved yet, the way back and forth in it, and what it would break.
import type { Change } from '../generated/Change';
import type { Owner } from '../generated/Owner';
import type { View } from '../generated/View';
import type { Host } from '../host';
import { KeyedSignals, type Signal } from '../shared/keyed-signals.svelte';
import {
  changeOf,
  fixed,
  holds,
  keepMine,
  moved,
  ordered,
  ownerOf,
  put,
  rebase,
  settingOf,
  without,
  type Draft,
} from './draft';
import { ownerKey } from './change';
import { Findings } from './findings.svelte';
import { forgetSecrets, NO_STEPS, redo, step, undo, type Steps } from './undo';

export class DraftStore {
  readonly findings: Findings;
  #view = $state.raw<View | null>(null);
  #steps = $state.raw<Steps>(NO_STEPS);
  readonly changes = $derived<Draft>(this.#steps.now);
  /** Those whose value in the file is another by now. */
  readonly moved = $derived(this.changes.filter(change => this.#view !== null && moved(this.#view, change)));
  readonly #settings = new KeyedSignals<Change | undefined>(undefined);
  readonly #touched = new KeyedSignals(false);

  constructor(host: Host) {
    this.findings = new Findings(host);
  }

  /** As the host takes them. */
  get sent(): Draft {
    return ordered(this.changes);
  }

  put(change: Change): void {
    this.replace(put(this.changes, change));
  }

  /** A fix that was found, maybe in the draft itself. */
  fix(change: Change): void {
    this.replace(this.#view ? fixed(this.changes, change, this.#view) : put(this.changes, change));
  }

  drop(change: Change): void {
    this.replace(without(this.changes, change));
  }

  replace(to: Draft): void {
    this.#walk(step(this.#steps, to));
  }

  discard(): void {
    this.replace([]);
  }

  undo(): void {
    this.#walk(undo(this.#steps));
  }

  redo(): void {
    this.#walk(redo(this.#steps));
  }

  /** The change of the draft to the same setting. */
  changeOf<C extends Change>(like: C): C | undefined {
    return changeOf(this.changes, like);
  }

  /** The same, for who keeps it at hand: there are thousands of settings on a page. */
  at(setting: string): Signal<Change | undefined> {
    return this.#settings.signal(setting);
  }

  /** Whether the draft changes anything of an owner. */
  touched(owner: Owner): Signal<boolean> {
    return this.#touched.signal(ownerKey(owner));
  }

  holds(change: Change): boolean {
    return holds(this.changes, change);
  }

  /** The file, or what its servers say of it, is another by now. */
  see(view: View): void {
    this.#view = view;
    const now = rebase(this.changes, view);
    if (now !== this.changes) this.#take(forgetSecrets({ ...this.#steps, now }));
    this.findings.lookAgain(now);
  }

  /** All of it is in the file, and there is nothing to go back to. */
  saved(): void {
    this.#take(NO_STEPS);
  }

  /** For each clash the file's value, or the person's. */
  settle(clashes: readonly { change: Change; mine: boolean }[]): void {
    const view = this.#view;
    const settled = clashes.reduce<Draft>(
      (draft, { change, mine }) => (mine && view ? keepMine(draft, change, view) : without(draft, change)),
      this.changes,
    );
    this.#take(forgetSecrets(step(this.#steps, settled)));
  }

  #walk(to: Steps): void {
    if (to === this.#steps) return;
    this.#take(forgetSecrets(this.#view ? { ...to, now: rebase(to.now, this.#view) } : to));
  }

  #take(to: Steps): void {
    this.#steps = to;
    this.#settings.fill(Object.fromEntries(to.now.map(change => [settingOf(change), change])));
    this.#touched.fill(Object.fromEntries(to.now.map(change => [ownerKey(ownerOf(change)), true])));
    this.findings.look(to.now);
  }
}
