// Asks who answers at an address while it is being typed: not before the typing rests, and only the latest answer counts.
import type { UrlAnswer } from '../generated/UrlAnswer';
import { asRefusal } from '../host';

const REST = 400;

export class UrlTrial {
  answer = $state.raw<UrlAnswer | null>(null);
  asking = $state(false);

  readonly #try: (url: string) => Promise<UrlAnswer>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(tryUrl: (url: string) => Promise<UrlAnswer>) {
    this.#try = tryUrl;
  }

  ask(url: string): void {
    this.stop();
    if (url === '') return;
    this.asking = true;
    const turn = this.#turn;
    this.#timer = setTimeout(() => void this.#send(url, turn), REST);
  }

  async #send(url: string, turn: number): Promise<void> {
    const answer = await this.#try(url).catch((error: unknown): UrlAnswer => ({
      mark: { shape: 'bad', text: asRefusal(error).message },
      facts: [],
    }));
    if (turn !== this.#turn) return;
    this.answer = answer;
    this.asking = false;
  }

  /** Forgets the answer, and what was asked. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.answer = null;
    this.asking = false;
  }
}
