// Settings without a field of their own: each with the right input, added from the list of what OpenClaw knows, secrets never shown.
import { screen, within } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import { readJson, readNumber, readTexts } from '../src/tokens';
import { asked, open, settle } from './kit';

const view = FIXTURES.attention;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function rig() {
  const opened = await open(view, 'providers');
  await opened.user.click(screen.getByRole('button', { name: /^rig/ }));
  return opened;
}

async function reviewed({ user, host }: Awaited<ReturnType<typeof open>>): Promise<unknown> {
  await user.click(screen.getByTestId('review'));
  await settle();
  return asked(host, 'review').at(-1)?.[1];
}

const of = { kind: 'provider', provider: 'rig' } as const;

it('are changed and taken out, with the value that the file has', async () => {
  const opened = await rig();
  await opened.user.selectOptions(screen.getByLabelText('auth of rig'), 'api-key');
  const params = screen.getByLabelText('params of rig');
  expect(params).toHaveValue('{"top_p":0.9}');
  await opened.user.click(screen.getByRole('button', { name: 'Take params out' }));
  expect(await reviewed(opened)).toEqual([
    { kind: 'setting', of, key: ['auth'], was: 'token', to: 'api-key' },
    { kind: 'setting', of, key: ['params'], was: { top_p: 0.9 }, to: null },
  ] satisfies Change[]);
});

it('are added from the list, and vanish when they are taken back', async () => {
  const opened = await rig();
  await opened.user.click(screen.getByRole('button', { name: 'Add setting…' }));
  await opened.user.click(screen.getByRole('menuitem', { name: /^maxTokens/ }));
  await settle();
  await opened.user.type(screen.getByLabelText('maxTokens of rig'), '4096{Enter}');
  expect(await reviewed(opened)).toEqual([{ kind: 'setting', of, key: ['maxTokens'], was: null, to: 4_096 }]);
  await opened.user.click(screen.getByRole('button', { name: 'Back' }));
  await opened.user.clear(screen.getByLabelText('maxTokens of rig'));
  await opened.user.keyboard('{Enter}');
  expect(screen.queryByTestId('review')).not.toBeInTheDocument();
});

it('refuse what is no JSON beside the field', async () => {
  const { user } = await rig();
  await user.clear(screen.getByLabelText('params of rig'));
  await user.type(screen.getByLabelText('params of rig'), 'top_p=1{Enter}');
  expect(screen.getByRole('alert')).toHaveTextContent('Not JSON.');
});

it('that are secrets are replaced unseen, and what holds one is left alone', async () => {
  const opened = await rig();
  expect(screen.getByText('It holds a secret, so it is not shown. Change it in the file.')).toBeInTheDocument();
  const row = screen.getByTestId('secret-request.tls.passphrase').closest<HTMLElement>('.value')?.parentElement;
  if (!row) throw new Error('no row');
  await opened.user.click(within(row).getByRole('button', { name: 'Replace' }));
  await opened.user.type(screen.getByLabelText('New request.tls.passphrase'), 'p-typed{Enter}');
  expect(opened.container.innerHTML).not.toContain('p-typed');
  expect(await reviewed(opened)).toEqual([
    {
      kind: 'secret',
      provider: 'rig',
      key: ['request', 'tls', 'passphrase'],
      was: 's-1',
      to: { kind: 'literal', value: 'p-typed' },
    },
  ] satisfies Change[]);
});

it('of the defaults stand beneath the route', async () => {
  const opened = await open(view, 'route');
  const image = screen.getByLabelText('imageModel of the defaults');
  await opened.user.clear(image);
  // Braces are keys to the user of the tests.
  await opened.user.type(image, '"rig/glm-5-air-awq"{Enter}');
  expect(await reviewed(opened)).toMatchObject([
    { kind: 'setting', of: { kind: 'agent', agent: null }, key: ['imageModel'], to: 'rig/glm-5-air-awq' },
  ]);
});

it('are read as what they are', () => {
  expect(readNumber(' 1,024 ')).toEqual({ ok: true, value: 1_024 });
  expect(readNumber('-0.5')).toEqual({ ok: true, value: -0.5 });
  expect(readNumber('many').ok).toBe(false);
  expect(readTexts('a, b ,')).toEqual({ ok: true, value: ['a', 'b'] });
  expect(readJson('{"a": [1]}')).toEqual({ ok: true, value: { a: [1] } });
  expect(readJson('')).toEqual({ ok: true, value: null });
});
