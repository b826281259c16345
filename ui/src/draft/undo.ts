// Undo and redo of the draft's edits: the drafts before and after, nothing else.
import type { Draft } from './draft';
import type { Change } from '../generated/Change';

export interface Steps {
  readonly past: readonly Draft[];
  readonly now: Draft;
  readonly future: readonly Draft[];
}

const KEPT = 100;

export const NO_STEPS: Steps = { past: [], now: [], future: [] };

export function step(steps: Steps, to: Draft): Steps {
  if (to === steps.now) return steps;
  return { past: [...steps.past, steps.now].slice(-KEPT), now: to, future: [] };
}

export function undo(steps: Steps): Steps {
  const before = steps.past.at(-1);
  if (!before) return steps;
  return { past: steps.past.slice(0, -1), now: before, future: [steps.now, ...steps.future] };
}

export function redo(steps: Steps): Steps {
  const [after, ...future] = steps.future;
  if (!after) return steps;
  return { past: [...steps.past, steps.now], now: after, future };
}

/** A typed secret is not kept for an undo: once the draft is without it, it is nowhere. */
export function forgetSecrets(steps: Steps): Steps {
  const kept = (change: Change): Change[] => {
    if (steps.now.includes(change)) return [change];
    switch (change.kind) {
      case 'secret':
        return change.to.kind === 'literal' ? [] : [change];
      case 'addProvider':
        return [change.key.kind === 'literal' ? { ...change, key: { kind: 'none' } } : change];
      default:
        return [change];
    }
  };
  const forget = (drafts: readonly Draft[]): Draft[] => drafts.map(draft => draft.flatMap(kept));
  return { past: forget(steps.past), now: steps.now, future: forget(steps.future) };
}
