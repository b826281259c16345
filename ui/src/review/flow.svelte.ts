// From a draft to the file: what a save would write, what stands against it, and the save itself.
import type { DraftStore } from '../draft/store.svelte';
import type { Change } from '../generated/Change';
import type { Refusal } from '../generated/Refusal';
import type { Review } from '../generated/Review';
import type { View } from '../generated/View';
import { asRefusal, type Host } from '../host';

/** A setting that changed in the file under the draft, and what the person wants of it. */
export interface Clash {
  readonly change: Change;
  readonly what: string;
  readonly theirs: string;
  readonly yours: string;
}

export type Side = 'theirs' | 'mine';

export class ReviewFlow {
  review = $state.raw<Review | null>(null);
  /** Why the last review or save was refused. */
  refusal = $state.raw<Refusal | null>(null);
  /** Said above the review when it was made anew by itself. */
  notice = $state.raw<string | null>(null);
  clashes = $state.raw<readonly Clash[]>([]);
  busy = $state.raw<'review' | 'save' | null>(null);
  /** The text that the window shows, now and when the review came. */
  #base = $state.raw<string | null>(null);
  #reviewedAt: string | null = null;
  /** The file is another by now: a save would be refused. */
  readonly stale = $derived(
    this.review !== null && this.busy !== 'save' && this.#base !== this.review.base && this.#base !== this.#reviewedAt,
  );
  readonly #host: Host;
  readonly #draft: DraftStore;
  readonly #see: (view: View) => void;
  #latest = 0;

  constructor(host: Host, draft: DraftStore, see: (view: View) => void) {
    this.#host = host;
    this.#draft = draft;
    this.#see = see;
  }

  see(view: View): void {
    this.#base = view.config.base;
  }

  async start(notice: string | null = null): Promise<void> {
    this.leave();
    this.notice = notice;
    const sent = this.#draft.sent;
    if (sent.length === 0) return;
    const turn = this.#latest;
    this.busy = 'review';
    try {
      const review = await this.#host.send('review', { changes: sent });
      if (turn !== this.#latest) return;
      this.#reviewedAt = this.#base;
      this.review = review;
    } catch (error) {
      if (turn === this.#latest) await this.#refused(error, sent);
    } finally {
      if (turn === this.#latest) this.busy = null;
    }
  }

  /** Nobody looks at it any more: an answer that is still to come counts no longer. */
  leave(): void {
    this.#latest++;
    this.review = null;
    this.refusal = null;
    this.notice = null;
    this.busy = null;
  }

  /** Whether it was saved. Throws what only a page that was left could have shown. */
  async save(): Promise<boolean> {
    const { review } = this;
    if (!review || this.busy) return false;
    const sent = this.#draft.sent;
    const turn = this.#latest;
    this.busy = 'save';
    this.refusal = null;
    try {
      await this.#host.send('save', { changes: sent, base: review.base });
      this.#draft.saved();
      return true;
    } catch (error) {
      if (turn !== this.#latest) throw error;
      await this.#refused(error, sent);
      return false;
    } finally {
      this.busy = null;
    }
  }

  async #refused(error: unknown, sent: readonly Change[]): Promise<void> {
    const refusal = asRefusal(error);
    if (refusal.code === 'stale') {
      await this.start('The file changed since your review. Nothing was saved; this is the new review.');
      return;
    }
    if (refusal.code === 'conflict') {
      // Their values are what the draft is to start from, so the view has to be the newest.
      await this.#host.send('view').then(this.#see, () => undefined);
      this.clashes = refusal.conflicts.flatMap(conflict => {
        const change = sent[conflict.change];
        return change ? [{ ...conflict, change }] : [];
      });
    }
    if (this.clashes.length === 0) this.refusal = refusal;
  }

  /** Takes the person's choice for each clash; what is left is reviewed anew. */
  settle(sides: readonly Side[]): void {
    const clashes = this.clashes.map(({ change }, i) => ({ change, mine: sides[i] === 'mine' }));
    const before = this.#draft.changes;
    this.clashes = [];
    this.#draft.settle(clashes);
    if (this.#draft.changes === before) void this.start();
  }
}
