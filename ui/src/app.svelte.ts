// The window's state: the host's view as it came, and what the person is doing with it (page, draft, review). No rule about
// OpenClaw lives here.
import { createContext } from 'svelte';

import { KeyedSignals, type Signal } from './shared/keyed-signals.svelte';
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
} from './draft/draft';
import type { Change } from './generated/Change';
import type { Job } from './generated/Job';
import type { Owner } from './generated/Owner';
import type { Page } from './generated/Page';
import type { Pause } from './generated/Pause';
import type { Refusal } from './generated/Refusal';
import type { Review } from './generated/Review';
import type { Show } from './generated/Show';
import type { View } from './generated/View';
import { asRefusal, type Host, type Stop } from './host';
import { Findings, ownerKey } from './draft/findings.svelte';
import { forgetSecrets, NO_STEPS, redo, step, undo, type Steps } from './draft/undo';

export interface Toast {
  readonly text: string;
  /** The next step, in a second line. */
  readonly hint: string | null;
  readonly undo: boolean;
  readonly failed: boolean;
}

/** A setting that changed in the file under the draft, and what the person wants of it. */
export interface Clash {
  readonly change: Change;
  readonly what: string;
  readonly theirs: string;
  readonly yours: string;
}

export type Side = 'theirs' | 'mine';

export class App {
  readonly host: Host;
  readonly findings: Findings;
  view = $state.raw<View | null>(null);
  /** Why there is no view, when asking for one failed. */
  unreachable = $state.raw<Refusal | null>(null);
  page = $state.raw<Page>('status');
  review = $state.raw<Review | null>(null);
  /** Why the last review or save was refused. */
  refusal = $state.raw<Refusal | null>(null);
  /** Said above the review when it was made anew by itself. */
  notice = $state.raw<string | null>(null);
  clashes = $state.raw<readonly Clash[]>([]);
  busy = $state.raw<'review' | 'save' | null>(null);
  toast = $state.raw<Toast | null>(null);
  /** The page that Review was opened from, and goes back to. */
  origin = $state.raw<Page>('status');
  /** The provider whose form is open. */
  provider = $state.raw<string | null>(null);
  /** The backup to look at first. */
  backup = $state.raw<string | null>(null);
  /** The moment whose row History is to point at, until it has. */
  moment = $state.raw<number | null>(null);

  #steps = $state.raw<Steps>(NO_STEPS);
  readonly draft = $derived<Draft>(this.#steps.now);
  readonly movedChanges = $derived(this.draft.filter(change => this.view !== null && moved(this.view, change)));
  readonly savingOff = $derived(this.view?.config.savingOff ?? null);
  readonly #settings = new KeyedSignals<Change | undefined>(undefined);
  readonly #touched = new KeyedSignals(false);
  #latestReview = 0;

  constructor(host: Host) {
    this.host = host;
    this.findings = new Findings(host);
  }

  /** Listens to the host from now on, and fetches what it has. */
  start(): Stop {
    const stops = [this.host.onView(view => this.#see(view)), this.host.onShow(show => this.#follow(show))];
    void this.fetch();
    return () => stops.forEach(stop => stop());
  }

  async fetch(): Promise<void> {
    this.unreachable = null;
    try {
      const [view, show] = await Promise.all([this.host.view(), this.host.show()]);
      this.view ??= view;
      this.#follow(show);
    } catch (error) {
      this.unreachable = asRefusal(error);
    }
  }

  #see(view: View): void {
    this.view = view;
    const now = rebase(this.draft, view);
    if (now !== this.draft) this.#step(forgetSecrets({ ...this.#steps, now }));
    this.findings.lookAgain(now);
  }

  #follow(show: Show): void {
    if (show.draft.length > 0) this.edit(show.draft.reduce<Draft>(put, this.draft));
    if (show.provider !== null) this.provider = show.provider;
    this.backup = show.backup;
    this.moment = show.moment;
    this.go(show.page);
  }

  showBackup(name: string): void {
    this.backup = name;
    this.go('backups');
  }

  go(page: Page): void {
    if (page === 'review') return void this.startReview();
    this.page = page;
    this.refusal = null;
    this.notice = null;
    this.findings.tryOut(null);
  }

  // The draft

  change(change: Change): void {
    this.edit(put(this.draft, change));
  }

  /** A fix that was found, maybe in the draft itself. */
  fix(change: Change): void {
    this.edit(this.view ? fixed(this.draft, change, this.view) : put(this.draft, change));
  }

  drop(change: Change): void {
    this.edit(without(this.draft, change));
  }

  /** The change of the draft to the same setting. */
  changeOf<C extends Change>(like: C): C | undefined {
    return changeOf(this.draft, like);
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
    return holds(this.draft, change);
  }

  discard(): void {
    this.edit([]);
  }

  edit(to: Draft): void {
    this.#walk(step(this.#steps, to));
  }

  undoEdit(): void {
    this.#walk(undo(this.#steps));
  }

  redoEdit(): void {
    this.#walk(redo(this.#steps));
  }

  #step(to: Steps): void {
    this.#steps = to;
    this.#settings.fill(Object.fromEntries(to.now.map(change => [settingOf(change), change])));
    this.#touched.fill(Object.fromEntries(to.now.map(change => [ownerKey(ownerOf(change)), true])));
    this.findings.look(to.now);
  }

  #walk(to: Steps): void {
    if (to === this.#steps) return;
    this.#step(forgetSecrets(this.view ? { ...to, now: rebase(to.now, this.view) } : to));
    if (this.page !== 'review') return;
    if (this.draft.length > 0) void this.startReview();
    else this.back();
  }

  // Review and save

  async startReview(notice: string | null = null): Promise<void> {
    if (this.page !== 'review') this.origin = this.page;
    this.page = 'review';
    this.notice = notice;
    this.refusal = null;
    this.review = null;
    if (this.draft.length === 0) return;
    const turn = ++this.#latestReview;
    const sent = ordered(this.draft);
    this.busy = 'review';
    try {
      const review = await this.host.review(sent);
      if (turn === this.#latestReview) this.review = review;
    } catch (error) {
      if (turn === this.#latestReview) await this.#refused(error, sent);
    } finally {
      if (turn === this.#latestReview) this.busy = null;
    }
  }

  back(): void {
    this.#latestReview++;
    this.busy = null;
    this.go(this.origin);
  }

  async save(): Promise<void> {
    const review = this.review;
    if (!review || this.busy || this.savingOff !== null) return;
    const sent = ordered(this.draft);
    const isFirst = this.view?.config.state === 'missing';
    this.busy = 'save';
    this.refusal = null;
    try {
      await this.host.save(sent, review.base);
      this.#step(NO_STEPS);
      this.back();
      this.toast = { text: 'Saved.', hint: null, undo: !isFirst, failed: false };
    } catch (error) {
      await this.#refused(error, sent);
    } finally {
      this.busy = null;
    }
  }

  async #refused(error: unknown, sent: Draft): Promise<void> {
    const refusal = asRefusal(error);
    if (refusal.code === 'stale') {
      await this.startReview('The file changed since your review. Nothing was saved; this is the new review.');
    } else if (refusal.code === 'conflict') {
      // Their values are what the draft is to start from, so the view has to be the newest.
      await this.host.view().then(
        view => this.#see(view),
        () => undefined,
      );
      this.clashes = refusal.conflicts.flatMap(conflict => {
        const change = sent[conflict.change];
        return change ? [{ ...conflict, change }] : [];
      });
      if (this.clashes.length === 0) this.refusal = refusal;
    } else {
      this.refusal = refusal;
    }
  }

  /** Takes the person's choice for each clash, then shows the review of what is left. */
  settle(sides: readonly Side[]): void {
    const view = this.view;
    const settled = this.clashes.reduce<Draft>((draft, clash, i) => {
      return sides[i] === 'mine' && view ? keepMine(draft, clash.change, view) : without(draft, clash.change);
    }, this.draft);
    this.clashes = [];
    this.#step(forgetSecrets(step(this.#steps, settled)));
    if (settled.length > 0) void this.startReview();
    else this.back();
  }

  /** Leaves everything as it is: the draft, and the file. */
  leaveClashes(): void {
    this.clashes = [];
    this.back();
  }

  async undoSave(): Promise<void> {
    this.toast = null;
    await this.#ask(this.host.undo(), 'Undone. The file is as it was before.');
  }

  // Requests

  checkNow(provider: string | null): Promise<void> {
    return this.#ask(this.host.checkNow(provider));
  }

  beginJob(provider: string, model: string, job: Job): Promise<void> {
    return this.#ask(this.host.beginJob(provider, model, job));
  }

  trust(provider: string, fingerprint: string): Promise<void> {
    return this.#ask(this.host.trust(provider, fingerprint));
  }

  forget(origin: string): Promise<void> {
    return this.#ask(this.host.forget(origin));
  }

  cancelJob(provider: string): Promise<void> {
    return this.#ask(this.host.cancelJob(provider));
  }

  pause(pause: Pause | null): Promise<void> {
    return this.#ask(this.host.pause(pause));
  }

  openConfig(): Promise<void> {
    return this.#ask(this.host.openConfig());
  }

  async #ask(request: Promise<void>, said?: string): Promise<void> {
    try {
      await request;
      if (said) this.toast = { text: said, hint: null, undo: false, failed: false };
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    const { message, hint } = asRefusal(error);
    this.toast = { text: message, hint, undo: false, failed: true };
  }
}

export const [getApp, setApp] = createContext<App>();
