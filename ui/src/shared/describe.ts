// Names of what stands in the view. What a change does is worded by the host.
import type { View } from '../generated/View';
import { tokens } from './reading';

export const API_NAMES: Readonly<Record<string, string>> = {
  'openai-responses': 'Responses',
  'openai-completions': 'Chat',
  'anthropic-messages': 'Anthropic',
  ollama: 'Ollama',
};

/** The alias of a model ref, or the ref where it has none; an alias stays as it is. */
export function nameOf(view: View, ref: string): string {
  return view.models.find(model => model.modelRef === ref)?.alias ?? ref;
}

export function changes(count: number): string {
  return count === 1 ? '1 change' : `${tokens(count)} changes`;
}

/** "Primary", "1st fallback": a member's place in a chain while it is being edited. */
export function place(index: number): string {
  if (index === 0) return 'Primary';
  const tens = index % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][index % 10] ?? 'th');
  return `${index}${ending} fallback`;
}

/** A name for the variable that a secret could be taken from: `LMSTUDIO_KEY`. */
export function variableFor(provider: string, what: string): string {
  return `${provider}_${what}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}
