// Secrets inside larger values: each by itself, never here before it is asked for, and new ones by name.
import { screen } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import { asked, open, settle } from './kit';

const RIG = { kind: 'provider', provider: 'rig' };
const KEY = ['localService', 'env', 'HF_TOKEN'];
const LABEL = 'localService.env.HF_TOKEN';

async function rig() {
  const opened = await open(FIXTURES.attention, 'providers');
  await opened.user.click(screen.getByRole('button', { name: /^rig/ }));
  return opened;
}

async function reviewed({ user, host }: Awaited<ReturnType<typeof rig>>): Promise<unknown> {
  await user.click(screen.getByTestId('review'));
  await settle();
  return asked(host, 'review').at(-1)?.[1];
}

/** The field's own part of the page. */
const row = () => screen.getByTestId(`secret-${LABEL}`).parentElement ?? document.body;
const button = (name: string): HTMLElement => {
  const found = [...(row().parentElement ?? document.body).querySelectorAll('button')].find(
    it => it.textContent?.trim() === name,
  );
  if (!found) throw new Error(`there is no button ${name}`);
  return found;
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is shown on a click alone, and gone when hidden', async () => {
  const { user, host } = await rig();
  expect(document.body.textContent).not.toContain(host.key);
  await user.click(button('Reveal'));
  await settle();
  expect(asked(host, 'reveal')).toEqual([['reveal', { of: RIG, key: KEY }]]);
  expect(screen.getByTestId(`secret-${LABEL}`)).toHaveTextContent(host.key);
  await user.click(button('Hide'));
  expect(document.body.textContent).not.toContain(host.key);
});

it('is replaced by itself, by text or a variable, never by a reference', async () => {
  const opened = await rig();
  await opened.user.click(button('Replace'));
  expect(screen.queryByRole('radio', { name: 'Reference' })).not.toBeInTheDocument();
  await opened.user.type(screen.getByLabelText(`New ${LABEL}`), 'hf-new{Enter}');
  expect(document.body.textContent).not.toContain('hf-new');
  expect(await reviewed(opened)).toEqual([
    { kind: 'secret', at: { of: RIG, key: KEY }, was: 's-2', to: { kind: 'literal', value: 'hf-new' } },
  ]);
});

it('becomes a variable of its own name, with the line for .env', async () => {
  const opened = await rig();
  await opened.user.click(screen.getByRole('button', { name: 'Use ${HF_TOKEN}' }));
  expect(screen.getByText('HF_TOKEN=…')).toBeInTheDocument();
  expect(await reviewed(opened)).toEqual([
    { kind: 'secret', at: { of: RIG, key: KEY }, was: 's-2', to: { kind: 'env', value: 'HF_TOKEN' } },
  ]);
});

it('comes in by name beside the others', async () => {
  const opened = await rig();
  const { user } = opened;
  await user.click(screen.getByRole('button', { name: 'Add setting…' }));
  await user.click(screen.getByRole('menuitem', { name: /^localService\.env/ }));
  await user.type(screen.getByLabelText('Name below localService.env'), 'HF_TOKEN');
  expect(screen.getByText('There is HF_TOKEN already.')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Name below localService.env'), '_2{Enter}');
  await user.type(screen.getByLabelText('New localService.env.HF_TOKEN_2'), '$HF_TWO{Enter}');
  expect(await reviewed(opened)).toEqual([
    {
      kind: 'secret',
      at: { of: RIG, key: ['localService', 'env', 'HF_TOKEN_2'] },
      was: '',
      to: { kind: 'env', value: 'HF_TWO' },
    },
  ]);
});

it('that is thought better of leaves nothing behind', async () => {
  const { user } = await rig();
  await user.click(screen.getByRole('button', { name: 'Add setting…' }));
  await user.click(screen.getByRole('menuitem', { name: /^request\.headers/ }));
  await user.type(screen.getByLabelText('Name below request.headers'), 'X-Two{Enter}');
  expect(screen.getByRole('radio', { name: 'Reference' })).toBeInTheDocument();
  await user.keyboard('{Escape}');
  expect(screen.queryByText('request.headers.X-Two')).not.toBeInTheDocument();
  expect(screen.queryByTestId('review')).not.toBeInTheDocument();
});

it('stays where it is when its provider is duplicated; all else comes along', async () => {
  const opened = await rig();
  const { user } = opened;
  await user.click(screen.getByRole('button', { name: 'Duplicate…' }));
  expect(screen.getByTestId('duplicate-id')).toHaveValue('rig-2');
  expect(screen.getByLabelText('Variable')).toHaveValue('RIG_KEY');
  expect(
    screen.getByText(
      'Not copied, since they are secrets: headers.X-Team, request.tls.passphrase, localService.env.HF_TOKEN.',
    ),
  ).toBeInTheDocument();
  await user.clear(screen.getByTestId('duplicate-id'));
  await user.type(screen.getByTestId('duplicate-id'), 'rig');
  expect(screen.getByText('There is a provider rig.')).toBeInTheDocument();
  expect(screen.getByTestId('take-duplicate')).toBeDisabled();
  await user.type(screen.getByTestId('duplicate-id'), '-b');
  await user.click(screen.getByTestId('take-duplicate'));
  expect(screen.getByTestId('provider-id-rig-b')).toBeInTheDocument();
  const of = { kind: 'provider', provider: 'rig-b' };
  const changes = (await reviewed(opened)) as Change[];
  expect(changes).toEqual([
    {
      kind: 'addProvider',
      provider: 'rig-b',
      fields: { baseUrl: 'http://gpu-rig:8000/v1', api: 'openai-completions', timeoutSeconds: 300 },
      key: { kind: 'env', value: 'RIG_KEY' },
    },
    expect.objectContaining({ kind: 'addModel', provider: 'rig-b', model: 'glm-5-air-awq' }),
    { kind: 'secret', at: { of, key: ['headers', 'X-Trace'] }, was: '', to: { kind: 'env', value: 'RIG_TRACE' } },
    { kind: 'set', at: { of, key: ['auth'] }, was: null, to: 'token' },
    { kind: 'set', at: { of, key: ['params'] }, was: null, to: { top_p: 0.9 } },
    { kind: 'set', at: { of, key: ['localService', 'command'] }, was: null, to: 'vllm' },
  ]);
});

it('of a provider that is new goes with it', async () => {
  const { user } = await rig();
  await user.click(screen.getByRole('button', { name: 'Duplicate…' }));
  await user.click(screen.getByTestId('take-duplicate'));
  // The last one is the provider's own.
  await user.click(screen.getAllByRole('button', { name: 'Take it back' }).at(-1) ?? document.body);
  expect(screen.queryByTestId('review')).not.toBeInTheDocument();
});
