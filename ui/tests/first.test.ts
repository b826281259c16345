// The first run: what answers on this machine, and a config for it that is written only on a save.
import { render, screen } from '@testing-library/svelte';

import App from '../src/App.svelte';
import { aliasOf, set } from '../src/draft/change';
import { FIXTURES } from '../src/fixtures';
import { FOUND } from '../src/fixtures/found';
import { FakeHost } from '../src/host.fake';
import { asked, open, refusal, settle } from './kit';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('looks who answers, and shows the whole config before it writes it', async () => {
  const { user, host } = await open(FIXTURES.missing);
  expect(screen.getByText(/Two local servers answer on this machine/)).toBeInTheDocument();
  expect(screen.getByRole('region', { name: 'LM Studio' })).toHaveTextContent('127.0.0.1:1234 · 3 models');
  await user.click(screen.getAllByRole('button', { name: 'Write a config for it…' })[0] as HTMLElement);
  await settle();
  expect(asked(host, 'review')[0]?.[1]).toEqual([
    {
      kind: 'addProvider',
      provider: 'lmstudio',
      fields: { baseUrl: 'http://127.0.0.1:1234/v1', api: 'openai-responses', timeoutSeconds: 300 },
      key: { kind: 'literal', value: 'lmstudio-local' },
    },
    { kind: 'addModel', provider: 'lmstudio', model: 'my-local-model', fields: FOUND[0]?.models[0]?.fields },
    set(aliasOf('lmstudio/my-local-model'), null, 'Local'),
    { kind: 'route', agent: null, was: [], to: ['lmstudio/my-local-model'] },
  ]);
  expect(screen.getByText(/A new file of \d+ lines, readable by you alone/)).toBeInTheDocument();
  expect(asked(host, 'save')).toEqual([]);
  await user.click(screen.getByTestId('save'));
  await settle();
  expect(asked(host, 'save')).toHaveLength(1);
  expect(screen.getByTestId('toast')).toHaveTextContent('Saved.');
  // There is nothing before it to go back to.
  expect(screen.queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
});

it('takes the key from a variable where the server wants one', async () => {
  const host = new FakeHost(FIXTURES.missing);
  host.found = FOUND.slice(0, 1).map(it => ({
    ...it,
    needsKey: true,
    models: [],
    suggestion: { ...it.suggestion, key: null },
  }));
  render(App, { host });
  await settle();
  screen.getByRole('button', { name: 'Write a config for it…' }).click();
  await settle();
  expect(asked(host, 'review')[0]?.[1]).toMatchObject([
    { kind: 'addProvider', key: { kind: 'env', value: 'LMSTUDIO_KEY' } },
  ]);
});

it('says what to do where nobody answers, and looks again', async () => {
  const host = new FakeHost(FIXTURES.missing);
  host.found = [];
  render(App, { host });
  await settle();
  expect(screen.getByText(/No local server answers on this machine/)).toBeInTheDocument();
  expect(screen.getByText('openclaw onboard')).toBeInTheDocument();
  host.found = FOUND.slice(0, 1);
  screen.getByRole('button', { name: 'Look again' }).click();
  await settle();
  expect(screen.getByText(/One local server answers on this machine/)).toBeInTheDocument();
  expect(asked(host, 'checkNow')).toHaveLength(1);
});

it('says that it could not look', async () => {
  const host = new FakeHost(FIXTURES.missing);
  host.refusals.set('discover', refusal({ message: 'the engine does not answer' }));
  render(App, { host });
  await settle();
  expect(screen.getByRole('alert')).toHaveTextContent('the engine does not answer');
  expect(screen.getByRole('button', { name: 'Look again' })).toBeEnabled();
});
