// The window's state: the host's view as it came, and what the person is doing with it. No rule about OpenClaw lives here.
import { createContext } from 'svelte';

import { put, type Draft } from './draft/draft';
import { DraftStore } from './draft/store.svelte';
import type { Refusal } from './generated/Refusal';
import type { Show } from './generated/Show';
import type { View } from './generated/View';
import { asRefusal, type Host, type Stop } from './host';
import { ReviewFlow, type Side } from './review/flow.svelte';
import { Router } from './shared/router.svelte';

export interface Toast {
  readonly text: string;
  /** The next step, in a second line. */
  readonly hint: string | null;
  readonly undo: boolean;
  readonly failed: boolean;
}

export class App {
  readonly host: Host;
  readonly router = new Router();
  readonly draft: DraftStore;
  readonly review: ReviewFlow;
  view = $state.raw<View | null>(null);
  /** Why there is no view, when asking for one failed. */
  unreachable = $state.raw<Refusal | null>(null);
  toast = $state.raw<Toast | null>(null);
  /** The last save from here, while it can be taken back: the text before it, and the one that it made. */
  #lastSave = $state.raw<{ over: string | null; made: string | null } | null>(null);
  readonly canUndo = $derived(this.#lastSave !== null);
  readonly savingOff = $derived(this.view?.config.savingOff ?? null);

  constructor(host: Host) {
    this.host = host;
    this.draft = new DraftStore(host);
    this.review = new ReviewFlow(host, this.draft, view => this.#see(view));
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
      const [view, show] = await Promise.all([this.host.send('view'), this.host.send('show')]);
      if (this.view === null) this.#see(view);
      this.#follow(show);
    } catch (error) {
      this.unreachable = asRefusal(error);
    }
  }

  #see(view: View): void {
    this.view = view;
    this.draft.see(view);
    this.review.see(view);
    const { base, state } = view.config;
    const last = this.#lastSave;
    if (last === null || base === last.over) return;
    if (last.made === null && state === 'good') this.#lastSave = { ...last, made: base };
    else if (base !== last.made || state !== 'good') this.#forgetSave();
  }

  #forgetSave(): void {
    this.#lastSave = null;
    if (this.toast?.undo) this.toast = null;
  }

  #follow(show: Show): void {
    if (show.draft.length > 0) this.draft.replace(show.draft.reduce<Draft>(put, this.draft.changes));
    this.router.follow(show);
  }

  async save(): Promise<void> {
    if (this.savingOff !== null) return;
    const before = this.view;
    try {
      if (!(await this.review.save())) return;
      if (this.router.page === 'review') this.router.back();
      this.saved('Saved.', before);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Says it, with the way back to a text that was good; a first file has none before it. */
  saved(text: string, before: View | null, hint: string | null = null): void {
    const undo = before?.config.state === 'good';
    const now = this.view?.config.base ?? null;
    const over = before?.config.base ?? null;
    this.#lastSave = undo ? { over, made: now === over ? null : now } : null;
    this.toast = { text, hint, undo, failed: false };
  }

  settle(sides: readonly Side[]): void {
    this.review.settle(sides);
    if (this.draft.changes.length > 0) this.router.go('review');
    else if (this.router.page === 'review') this.router.back();
  }

  /** Leaves everything as it is: the draft, and the file. */
  leaveClashes(): void {
    this.review.clashes = [];
    if (this.router.page === 'review') this.router.back();
  }

  async undoSave(): Promise<void> {
    this.#forgetSave();
    await this.ask(this.host.send('undo'), 'Undone. The file is as it was before.');
  }

  /** Waits for a request; says that it failed, and where there is something to say, that it is done. */
  async ask(request: Promise<unknown>, done?: string): Promise<void> {
    try {
      await request;
      if (done) this.say(done);
    } catch (error) {
      this.fail(error);
    }
  }

  say(text: string, hint: string | null = null): void {
    this.toast = { text, hint, undo: false, failed: false };
  }

  fail(error: unknown): void {
    const { message, hint } = asRefusal(error);
    this.toast = { text: message, hint, undo: false, failed: true };
  }
}

export const [getApp, setApp] = createContext<App>();
