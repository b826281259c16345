// Asks who answers at an address while it is being typed: not before the typing rests, and only the latest answer counts.
import type { Mark } from '../generated/Mark';
import { asRefusal } from '../host';

const REST = 400;

export class UrlTrial {
  answer = $state.raw<Mark | null>(null);
  asking = $state(false);

  readonly #try: (url: string) => Promise<Mark>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(tryUrl: (url: string) => Promise<Mark>) {
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
    const answer = await this.#try(url).catch((error: unknown): Mark => ({
      shape: 'bad',
      text: asRefusal(error).message,
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
