// The time that the cards look back over, the same for all of them.
import type { BoxCard } from '../generated/BoxCard';
import type { Day } from '../generated/Day';
import type { Range } from '../generated/Range';
import type { Stretch } from '../generated/Stretch';
import type { Host } from '../host';

export const SPANS = [
  { value: 'day', name: 'Last 24 h' },
  { value: 'week', name: 'Last 7 days' },
  { value: 'quarter', name: 'Last 90 days' },
] as const satisfies readonly { value: 'day' | Range; name: string }[];

export type Span = (typeof SPANS)[number]['value'];

export class Lookback {
  readonly #host: Host;
  readonly #fail: (error: unknown) => void;
  #shown = $state.raw<{ span: Span; stretches: readonly Stretch[] }>({ span: 'day', stretches: [] });

  constructor(host: Host, fail: (error: unknown) => void) {
    this.#host = host;
    this.#fail = fail;
  }

  get span(): Span {
    return this.#shown.span;
  }

  /** What was there stays until the other is: nothing jumps. */
  async pick(span: Span): Promise<void> {
    try {
      this.#shown = { span, stretches: span === 'day' ? [] : await this.#host.send('uptime', { range: span }) };
    } catch (error) {
      this.#fail(error);
    }
  }

  of(box: BoxCard): Day {
    if (this.span === 'day') return box.day;
    const ours = this.#shown.stretches.find(it => it.provider === box.provider && it.baseUrl === box.baseUrl);
    return ours?.day ?? { strip: box.day.strip.map(() => null), uptime: 'no history yet', pace: null };
  }
}
