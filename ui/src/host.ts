// What the window asks of the program behind it. Everything else in ui/ knows this interface and no more, so that the same window
// runs in the app, in a plain browser and in tests.
import type { Answer } from './generated/Answer';
import type { Call } from './generated/Call';
import type { Refusal } from './generated/Refusal';
import type { Show } from './generated/Show';
import type { View } from './generated/View';

export type Stop = () => void;
export type CallName = Call['call'];

type ReadonlyLists<T> = { readonly [K in keyof T]: T[K] extends (infer Item)[] ? readonly Item[] : T[K] };
/** What a call takes; nothing for one without arguments. */
export type Args<N extends CallName> =
  Extract<Call, { call: N }> extends { args: infer A } ? [args: ReadonlyLists<A>] : [];
export type AnswerTo<N extends CallName> = Extract<Answer, { call: N }>['answer'];

export interface Host {
  /** Makes one of the calls that `Call` lists. Rejected with a `Refusal`. */
  send<N extends CallName>(call: N, ...args: Args<N>): Promise<AnswerTo<N>>;
  onView(tell: (view: View) => void): Stop;
  /** Which page to open, and changes to put into the draft. */
  onShow(tell: (show: Show) => void): Stop;
}

function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** Whatever a promise was rejected with, as something that can be shown. */
export function asRefusal(error: unknown): Refusal {
  if (isRefusal(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: null, conflicts: [] };
}
