// The providers' form: the address tried as it is typed, the key never shown unasked.
import { screen } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import { asked, open, settle } from './kit';

const view = FIXTURES.attention;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the key', () => {
  const SECRET = 'sk-local-fixture-key';

  it('is nowhere before it is asked for, and gone when hidden', async () => {
    const { user, host, container } = await open(view, 'providers');
    expect(container.innerHTML).not.toContain(SECRET);
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    await settle();
    expect(asked(host, 'revealKey')).toEqual([['revealKey', 'lmstudio', null]]);
    expect(screen.getByTestId('key-lmstudio')).toHaveTextContent(SECRET);
    await user.click(screen.getByRole('button', { name: 'Hide' }));
    expect(container.innerHTML).not.toContain(SECRET);
  });

  it('is forgotten on another page and on another provider', async () => {
    const { user, container } = await open(view, 'providers');
    for (const [away, back] of [
      ['nav-models', 'nav-providers'],
      ['rig', 'lmstudio'],
    ] as const) {
      const go = (to: string) =>
        to.startsWith('nav-') ? screen.getByTestId(to) : screen.getByRole('button', { name: new RegExp(`^${to}`) });
      await user.click(screen.getByRole('button', { name: 'Reveal' }));
      await settle();
      expect(container.innerHTML).toContain(SECRET);
      await user.click(go(away));
      expect(container.innerHTML).not.toContain(SECRET);
      await user.click(go(back));
      expect(container.innerHTML).not.toContain(SECRET);
    }
  });

  it('is forgotten when the key in the file changes', async () => {
    const { user, host, container } = await open(view, 'providers');
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    await settle();
    const providers = view.providers.map(row =>
      row.id === 'lmstudio' ? { ...row, key: { ...row.key, tag: 'another' } } : row,
    );
    host.send({ ...view, providers });
    await settle();
    expect(container.innerHTML).not.toContain(SECRET);
  });

  it('is replaced by a typed one, which is not shown either', async () => {
    const { user, host, container } = await open(view, 'providers');
    await user.click(screen.getByRole('button', { name: 'Replace' }));
    await user.type(screen.getByLabelText('New key'), 'sk-typed{Enter}');
    expect(container.innerHTML).not.toContain('sk-typed');
    await user.click(screen.getByTestId('review'));
    await settle();
    expect(container.innerHTML).not.toContain('sk-typed');
    const change = { kind: 'key', provider: 'lmstudio', was: 'k-7f3a', to: { kind: 'literal', value: 'sk-typed' } };
    expect(asked(host, 'review')).toEqual([['review', [change]]]);
  });

  it('is replaced by a variable when one is typed', async () => {
    const { user, host } = await open(view, 'providers');
    await user.click(screen.getByRole('button', { name: 'Replace' }));
    await user.type(screen.getByLabelText('New key'), '${{MY_KEY}{Enter}');
    await user.click(screen.getByTestId('review'));
    await settle();
    const change = { kind: 'key', provider: 'lmstudio', was: 'k-7f3a', to: { kind: 'env', value: 'MY_KEY' } };
    expect(asked(host, 'review')).toEqual([['review', [change]]]);
  });

  it('that is a reference can be looked at only', async () => {
    await open(FIXTURES.many, 'providers');
    expect(screen.getByText('store: litellm')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Reveal' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Replace' })).not.toBeInTheDocument();
  });
});

describe('the base URL', () => {
  it('is tried once the typing rests, and only the latest answer counts', async () => {
    const { user, host } = await open(view, 'providers');
    await user.clear(screen.getByLabelText('Base URL'));
    await user.type(screen.getByLabelText('Base URL'), 'http://a:1/v1');
    await vi.advanceTimersByTimeAsync(399);
    expect(asked(host, 'tryUrl')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked(host, 'tryUrl')).toEqual([['tryUrl', 'lmstudio', 'http://a:1/v1']]);
    await settle();
    expect(screen.getByText(/answers in 12 ms/)).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(screen.getByText('was http://127.0.0.1:1234/v1')).toBeInTheDocument();
  });
});

it('sets the API kind and the time-out', async () => {
  const { user, host } = await open(view, 'providers');
  await user.click(screen.getByRole('radio', { name: 'Chat' }));
  await user.click(screen.getByRole('button', { name: 'Set 300 s' }));
  expect(screen.getByTestId('timeout-lmstudio')).toHaveValue('300 s');
  await user.click(screen.getByTestId('review'));
  await settle();
  expect(asked(host, 'review')).toEqual([
    [
      'review',
      [
        { kind: 'api', provider: 'lmstudio', was: 'openai-responses', to: 'openai-completions' },
        { kind: 'timeout', provider: 'lmstudio', was: null, to: 300 },
      ],
    ],
  ]);
});

it('shows an API kind that it has no name for as it is', async () => {
  await open(FIXTURES.long, 'providers');
  expect(screen.getByRole('radio', { name: 'google-generative-ai' })).toBeChecked();
});

it('says why a built-in provider cannot be edited', async () => {
  const { user } = await open(view, 'providers');
  await user.click(screen.getByRole('button', { name: /^anthropic/ }));
  expect(screen.getByText(/OpenClaw brings this provider itself/)).toBeInTheDocument();
  expect(screen.queryByLabelText('Base URL')).not.toBeInTheDocument();
});
