// What the draft would newly break, asked of the host while it is being made: one question at a time, and the newest draft counts.
import { KeyedSignals, type Signal } from '../shared/keyed-signals.svelte';
import { ordered, put, sameValue, type Draft } from './draft';
import type { Change } from '../generated/Change';
import type { Finding } from '../generated/Finding';
import type { Owner } from '../generated/Owner';
import type { ProblemView } from '../generated/ProblemView';
import type { Host } from '../host';

export function ownerKey(of: Owner): string {
  switch (of.kind) {
    case 'models':
      return 'models';
    case 'provider':
      return JSON.stringify(['provider', of.provider]);
    case 'model':
      return JSON.stringify(['model', of.provider, of.model]);
    case 'agent':
      return JSON.stringify(['agent', of.agent]);
    case 'entry':
      return JSON.stringify(['entry', of.agent, of.modelRef]);
  }
}

export class Findings {
  readonly #host: Host;
  readonly #found = new KeyedSignals<readonly ProblemView[]>([], sameValue);
  /** Of all of them. */
  count = $state.raw(0);
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
      const findings = now.draft.length === 0 ? [] : await this.#host.judge(now.draft).catch(() => []);
      // Another draft by now: its own answer counts.
      if (now.asked !== this.#now().asked) continue;
      this.#told = now.asked;
      this.#tell(findings);
    }
    this.#busy = false;
  }

  #now(): { draft: Draft; asked: string } {
    const draft = ordered(this.#trial ? put(this.#draft, this.#trial) : this.#draft);
    return { draft, asked: draft.length === 0 ? '' : `${this.#ground} ${JSON.stringify(draft)}` };
  }

  #tell(findings: readonly Finding[]): void {
    const found: Record<string, ProblemView[]> = {};
    for (const { of, problem } of findings) (found[ownerKey(of)] ??= []).push(problem);
    this.#found.fill(found);
    this.count = findings.length;
  }
}
