// Undo and redo of the draft's edits: the drafts before and after, nothing else.
import type { Draft } from './draft';

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
