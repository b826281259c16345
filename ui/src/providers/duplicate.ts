// Another provider like one that there is: with its models and settings, and without its secrets.
import { ofProvider, set, withValue } from '../draft/change';
import type { Change } from '../generated/Change';
import type { ModelRow } from '../generated/ModelRow';
import type { NewKey } from '../generated/NewKey';
import type { Owner } from '../generated/Owner';
import type { ProviderRow } from '../generated/ProviderRow';
import type { SettingView } from '../generated/SettingView';

export interface Copy {
  readonly changes: Change[];
  /** The secrets that stay where they are. */
  readonly left: readonly string[];
}

function settingsOf(of: Owner, settings: readonly SettingView[], name: string): Copy {
  const left: string[] = [];
  const changes = settings.flatMap(({ key, value, secret }): Change[] => {
    if (value !== null) return [set({ of, key }, null, value)];
    // The name of a variable is no secret; what else stands there is not known here.
    const variable = secret?.variable ?? null;
    if (variable !== null) return [{ kind: 'secret', at: { of, key }, was: '', to: { kind: 'env', value: variable } }];
    left.push(name + key.join('.'));
    return [];
  });
  return { changes, left };
}

export function duplicate(
  row: ProviderRow,
  models: readonly ModelRow[],
  to: { provider: string; baseUrl: string; api: string | null; key: NewKey },
): Copy {
  const { provider } = to;
  const headers = row.headers.flatMap(({ name, value: { variable } }): Change[] => {
    if (variable === null) return [];
    return [
      { kind: 'secret', at: ofProvider(provider, 'headers', name), was: '', to: { kind: 'env', value: variable } },
    ];
  });
  const parts = [
    settingsOf({ kind: 'provider', provider }, row.settings, ''),
    ...models.map(({ id: model, fields, settings }): Copy => {
      const { changes, left } = settingsOf({ kind: 'model', provider, model }, settings, `${model}: `);
      return { changes: [{ kind: 'addModel', provider, model, fields }, ...changes], left };
    }),
  ];
  return {
    changes: [
      {
        kind: 'addProvider',
        provider,
        fields: withValue({ ...row.fields, baseUrl: to.baseUrl }, ['api'], to.api),
        key: { kind: 'none' },
      },
      ...(to.key.kind === 'none'
        ? []
        : [{ kind: 'secret' as const, at: ofProvider(provider, 'apiKey'), was: '', to: to.key }]),
      ...headers,
      ...parts.flatMap(part => part.changes),
    ],
    left: [
      ...row.headers.filter(({ value }) => value.variable === null).map(({ name }) => `headers.${name}`),
      ...parts.flatMap(part => part.left),
    ],
  };
}
