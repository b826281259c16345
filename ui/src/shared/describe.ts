// A change in a few words, for the save bar. The full sentences of the review come from the host.
import type { Change } from '../generated/Change';
import type { ModelField } from '../generated/ModelField';
import type { Owner } from '../generated/Owner';
import type { View } from '../generated/View';
import { tokens } from './reading';

export const API_NAMES: Readonly<Record<string, string>> = {
  'openai-responses': 'Responses',
  'openai-completions': 'Chat',
  'anthropic-messages': 'Anthropic',
  ollama: 'Ollama',
};

const FIELD_NAMES: Readonly<Record<ModelField, string>> = {
  name: 'name',
  api: 'API',
  reasoning: 'reasoning',
  input: 'input',
  costInput: 'price in',
  costOutput: 'price out',
  costCacheRead: 'price of cache reads',
  costCacheWrite: 'price of cache writes',
  contextWindow: 'context',
  contextTokens: 'context in use',
  maxTokens: 'max tokens',
};

/** The alias of a model ref, or the ref where it has none; an alias stays as it is. */
export function nameOf(view: View, ref: string): string {
  return view.models.find(model => model.modelRef === ref)?.alias ?? ref;
}

const arrow = (was: string, to: string): string => `${was} → ${to}`;
const limit = (value: number | null): string => (value === null ? 'not set' : tokens(value));
const seconds = (value: number | null): string => (value === null ? 'none' : `${tokens(value)} s`);
const api = (value: string | null): string => (value === null ? 'not set' : (API_NAMES[value] ?? value));

function ownerOf(view: View, owner: Owner): string {
  switch (owner.kind) {
    case 'models':
      return 'models';
    case 'provider':
      return owner.provider;
    case 'model':
      return nameOf(view, `${owner.provider}/${owner.model}`);
    case 'agent':
      return owner.agent ?? 'agents';
    case 'entry':
      return nameOf(view, owner.modelRef);
  }
}

export function describe(view: View, change: Change): string {
  switch (change.kind) {
    case 'alias':
      return `${change.modelRef}: alias ${arrow(change.was ?? 'none', change.to ?? 'none')}`;
    case 'limit': {
      const name = nameOf(view, `${change.provider}/${change.model}`);
      const what = change.limit === 'contextWindow' ? 'context' : 'max tokens';
      return `${name}: ${what} ${arrow(limit(change.was), limit(change.to))}`;
    }
    case 'baseUrl':
      return `${change.provider}: base URL`;
    case 'api':
      return `${change.provider}: API ${arrow(api(change.was), api(change.to))}`;
    case 'timeout':
      return `${change.provider}: time-out ${arrow(seconds(change.was), seconds(change.to))}`;
    case 'key':
      return change.to.kind === 'none' ? `${change.provider}: no key` : `${change.provider}: new key`;
    case 'route': {
      if (change.to.length === 0) return `${change.agent ?? 'Route'}: follows the defaults`;
      const chain = change.to.map(ref => nameOf(view, ref)).join(' → ');
      return `${change.agent === null ? 'Route' : `Route of ${change.agent}`}: ${chain}`;
    }
    case 'model':
      return `${nameOf(view, `${change.provider}/${change.model}`)}: ${FIELD_NAMES[change.field]}`;
    case 'addModel':
      return `${change.provider}/${change.model}: new`;
    case 'removeModel':
      return `${change.provider}/${change.model}: removed`;
    case 'renameModel':
      return `${change.provider}: ${arrow(change.was, change.to)}`;
    case 'addProvider':
      return `${change.provider}: new`;
    case 'removeProvider':
      return `${change.provider}: removed`;
    case 'renameProvider':
      return arrow(change.was, change.to);
    case 'mode':
      return `models.mode ${arrow(change.was ?? 'none', change.to ?? 'none')}`;
    case 'header':
      return `${change.provider}: header ${change.name}`;
    case 'flag':
      return `${change.provider}: ${change.flag}`;
    case 'setting':
      return `${ownerOf(view, change.of)}: ${change.key.join('.')}`;
    case 'secret':
      return `${ownerOf(view, change.of)}: ${change.key.join('.')}`;
  }
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
