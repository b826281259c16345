// The recommended config for a server that was found: what OpenClaw's guide sets up, as changes to review.
import { aliasOf, set } from '../draft/change';
import type { Change } from '../generated/Change';
import type { Found } from '../generated/Found';
import { variableFor } from '../shared/describe';
import { providerChanges } from '../providers/templates';

export function firstChanges(found: Found): Change[] {
  const { provider, baseUrl, api, key, timeoutSeconds } = found.suggestion;
  const loaded = found.models.filter(model => model.loaded === true);
  // Those in memory, or else the first of its list: what is asked for is loaded then.
  const models = loaded.length > 0 ? loaded : found.models.slice(0, 1);
  const refs = models.map(model => `${provider}/${model.id}`);
  const [primary] = refs;
  return [
    ...providerChanges({
      provider,
      baseUrl,
      api,
      key: key === null ? { kind: 'env', value: variableFor(provider, 'KEY') } : { kind: 'literal', value: key },
      timeoutSeconds,
    }),
    ...models.map((model): Change => ({ kind: 'addModel', provider, model: model.id, fields: model.fields })),
    ...(primary === undefined
      ? []
      : ([set(aliasOf(primary), null, 'Local'), { kind: 'route', agent: null, was: [], to: refs }] satisfies Change[])),
  ];
}
