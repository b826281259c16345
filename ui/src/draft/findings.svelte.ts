// The draft in words, and what it would newly break, asked of the host while it is being made: one question at a time, and the newest draft counts.
import { KeyedSignals, type Signal } from '../shared/keyed-signals.svelte';
import { ownerKey } from './change';
import { ordered, put, sameValue, type Draft } from './draft';
import type { Change } from '../generated/Change';
import type { ChangeSummary } from '../generated/ChangeSummary';
import type { DraftCheck } from '../generated/DraftCheck';
import type { Owner } from '../generated/Owner';
import type { ProblemView } from '../generated/ProblemView';
import type { Host } from '../host';

const NOTHING: DraftCheck = { changes: [], findings: [] };

export class Findings {
  readonly #host: Host;
  readonly #found = new KeyedSignals<readonly ProblemView[]>([], sameValue);
  /** Of all of them. */
  count = $state.raw(0);
  /** Each change as the host takes it, in words. */
  summaries = $state.raw<readonly ChangeSummary[]>([]);
  #draft: Draft = [];
  /** What is being typed, as if it had been taken. */
  #trial: Change | null = null;
  /** Counts what the file and its servers have been seen to say. */
  #ground = 0;
  #told = '';
  #busy = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** What there is of an owner. */
  of(owner: Owner): Signal<readonly ProblemView[]> {
    return this.#found.signal(ownerKey(owner));
  }

  look(draft: Draft): void {
    this.#draft = draft;
    void this.#ask();
  }

  lookAgain(draft: Draft): void {
    this.#ground++;
    this.look(draft);
  }

  tryOut(trial: Change | null): void {
    if (trial === this.#trial) return;
    this.#trial = trial;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let now = this.#now(); now.asked !== this.#told; now = this.#now()) {
      // Why nobody can tell is said where the file is shown.
      const check =
        now.draft.length === 0
          ? NOTHING
          : await this.#host.send('draftCheck', { changes: now.draft }).catch(() => NOTHING);
      // Another draft by now: its own answer counts.
      if (now.asked !== this.#now().asked) continue;
      this.#told = now.asked;
      this.#tell(check);
    }
    this.#busy = false;
  }

  #now(): { draft: Draft; asked: string } {
    const draft = ordered(this.#trial ? put(this.#draft, this.#trial) : this.#draft);
    return { draft, asked: draft.length === 0 ? '' : `${this.#ground} ${JSON.stringify(draft)}` };
  }

  #tell({ changes, findings }: DraftCheck): void {
    const found: Record<string, ProblemView[]> = {};
    for (const { of, problem } of findings) (found[ownerKey(of)] ??= []).push(problem);
    this.#found.fill(found);
    this.count = findings.length;
    this.summaries = changes;
  }
}
