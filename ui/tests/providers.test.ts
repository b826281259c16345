// The providers' form: the address tried as it is typed, the key never shown unasked.
import { screen, within } from '@testing-library/svelte';

import { App } from '../src/app.svelte';
import { aliasOf, ofProvider, set } from '../src/draft/change';
import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import { FakeHost } from '../src/host.fake';
import { asked, open, settle } from './kit';

const view = FIXTURES.attention;
const KEY = ofProvider('lmstudio', 'apiKey');
const TIMEOUT = set(ofProvider('lmstudio', 'timeoutSeconds'), null, 300);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the key', () => {
  const SECRET = 'sk-local-fixture-key';

  it('is nowhere before it is asked for, and gone when hidden', async () => {
    const { user, host, container } = await open(view, 'providers');
    expect(container.innerHTML).not.toContain(SECRET);
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    await settle();
    expect(asked(host, 'reveal')).toEqual([['reveal', KEY]]);
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
    host.push({ ...view, providers });
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
    const change = { kind: 'secret', at: KEY, was: 'k-7f3a', to: { kind: 'literal', value: 'sk-typed' } };
    expect(asked(host, 'review')).toEqual([['review', [change]]]);
  });

  it('is replaced by a variable when one is typed', async () => {
    const { user, host } = await open(view, 'providers');
    await user.click(screen.getByRole('button', { name: 'Replace' }));
    await user.type(screen.getByLabelText('New key'), '${{MY_KEY}{Enter}');
    await user.click(screen.getByTestId('review'));
    await settle();
    const change = { kind: 'secret', at: KEY, was: 'k-7f3a', to: { kind: 'env', value: 'MY_KEY' } };
    expect(asked(host, 'review')).toEqual([['review', [change]]]);
  });

  it('that is a reference is shown as what it is, and can be another', async () => {
    const { user, host } = await open(FIXTURES.many, 'providers');
    expect(screen.getByText('store: litellm')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Reveal' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Replace' }));
    await user.click(screen.getByRole('radio', { name: 'Reference' }));
    await user.selectOptions(screen.getByLabelText('Source of the key'), 'file');
    await user.type(screen.getByLabelText('Id of the key'), '/litellm{Enter}');
    await user.click(screen.getByTestId('review'));
    await settle();
    const sent = asked(host, 'review')[0]?.[1] as Change[];
    expect(sent).toMatchObject([
      { kind: 'secret', to: { kind: 'reference', value: { source: 'file', provider: 'default', id: '/litellm' } } },
    ]);
  });

  it('leaves the file for a variable, with the line that this needs', async () => {
    const { user, host } = await open(view, 'providers');
    await user.click(screen.getByRole('button', { name: 'Use ${LMSTUDIO_KEY}' }));
    expect(screen.getByText('LMSTUDIO_KEY=…')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Copy that line' }));
    await settle();
    expect(await navigator.clipboard.readText()).toBe(`LMSTUDIO_KEY=${SECRET}`);
    expect(asked(host, 'reveal')).toEqual([['reveal', KEY]]);
  });

  it('is gone from memory once it is discarded, undone or saved', async () => {
    const app = new App(new FakeHost(view));
    const stop = app.start();
    await settle();
    const typed = (value: string): Change => ({
      kind: 'secret',
      at: KEY,
      was: 'k-7f3a',
      to: { kind: 'literal', value },
    });
    const timeout = TIMEOUT;
    for (const leave of [() => app.draft.discard(), () => app.draft.undo()]) {
      app.draft.put(timeout);
      app.draft.put(typed('sk-typed'));
      leave();
      app.draft.undo();
      app.draft.redo();
      app.draft.redo();
      expect(app.draft.changes).not.toContainEqual(typed('sk-typed'));
      app.draft.discard();
    }
    app.draft.put(typed('sk-typed'));
    await app.review.start();
    await app.save();
    app.draft.undo();
    expect(app.draft.changes).toEqual([]);
    stop();
  });
});

describe('headers', () => {
  const rig = async () => {
    const opened = await open(view, 'providers');
    await opened.user.click(screen.getByRole('button', { name: /^rig/ }));
    return opened;
  };
  const header = (name: string, was: string, to: object) => ({
    kind: 'secret',
    at: ofProvider('rig', 'headers', name),
    was,
    to,
  });

  it('are masked, shown on a click, changed and taken out', async () => {
    const { user, host, container } = await rig();
    expect(container.innerHTML).not.toContain('sk-local-fixture-key');
    await user.click(screen.getAllByRole('button', { name: 'Reveal' })[0] ?? document.body);
    await settle();
    expect(asked(host, 'reveal')).toEqual([['reveal', ofProvider('rig', 'headers', 'X-Team')]]);
    expect(screen.getByTestId('header-rig-X-Team')).toHaveTextContent('sk-local-fixture-key');
    await user.click(screen.getByRole('button', { name: 'Use ${RIG_TEAM}' }));
    await user.click(screen.getByRole('button', { name: 'Remove the value of X-Trace' }));
    await user.click(screen.getByTestId('review'));
    await settle();
    expect(asked(host, 'review')[0]?.[1]).toEqual([
      header('X-Team', 'h-1', { kind: 'env', value: 'RIG_TEAM' }),
      header('X-Trace', 'h-2', { kind: 'none' }),
    ]);
  });

  it('are added by name and value', async () => {
    const { user, host, container } = await rig();
    await user.click(screen.getByRole('button', { name: 'Add header…' }));
    await user.type(screen.getByLabelText('Name of the header'), 'x-team');
    expect(screen.getByText('There is a header of this name.')).toBeInTheDocument();
    await user.clear(screen.getByLabelText('Name of the header'));
    await user.type(screen.getByLabelText('Name of the header'), 'X-New{Enter}');
    await user.type(screen.getByLabelText('New value of X-New'), 'h-typed{Enter}');
    expect(container.innerHTML).not.toContain('h-typed');
    await user.click(screen.getByTestId('review'));
    await settle();
    expect(asked(host, 'review')[0]?.[1]).toEqual([header('X-New', '', { kind: 'literal', value: 'h-typed' })]);
  });

  it('that are not wanted after all leave nothing', async () => {
    const { user } = await rig();
    await user.click(screen.getByRole('button', { name: 'Add header…' }));
    await user.type(screen.getByLabelText('Name of the header'), 'X-New{Enter}');
    await user.keyboard('{Escape}');
    expect(screen.queryByText('X-New')).not.toBeInTheDocument();
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });
});

describe('a provider', () => {
  const dialog = () => within(screen.getByRole('dialog'));
  const reviewed = async ({ user, host }: Awaited<ReturnType<typeof open>>) => {
    await user.click(screen.getByTestId('review'));
    await settle();
    return asked(host, 'review').at(-1)?.[1];
  };

  it('comes from a template, with models of its own, under an id that is free', async () => {
    const opened = await open(view, 'providers');
    await opened.user.click(screen.getByTestId('add-provider'));
    await opened.user.click(screen.getByRole('button', { name: /^LM Studio/ }));
    await vi.advanceTimersByTimeAsync(400);
    expect(asked(opened.host, 'tryUrl')).toEqual([['tryUrl', null, 'http://127.0.0.1:1234/v1']]);
    expect(dialog().getByLabelText('Id')).toHaveValue('lmstudio-2');
    await opened.user.clear(dialog().getByLabelText('Id'));
    await opened.user.type(dialog().getByLabelText('Id'), 'attic');
    await opened.user.click(screen.getByTestId('take-provider'));
    await settle();
    expect(screen.getByTestId('base-url-attic')).toHaveValue('http://127.0.0.1:1234/v1');
    await opened.user.clear(screen.getByTestId('base-url-attic'));
    await opened.user.type(screen.getByTestId('base-url-attic'), 'http://attic:1234/v1{Enter}');
    expect(await reviewed(opened)).toEqual([
      {
        kind: 'addProvider',
        provider: 'attic',
        fields: { baseUrl: 'http://attic:1234/v1', api: 'openai-responses', timeoutSeconds: 300 },
        key: { kind: 'literal', value: 'lmstudio' },
      },
    ]);
  });

  it('that is hosted gets names for its models, pinned to their hosts', async () => {
    const opened = await open(view, 'providers');
    await opened.user.click(screen.getByTestId('add-provider'));
    await opened.user.click(screen.getByRole('button', { name: /^OpenRouter/ }));
    for (const box of screen.getAllByRole('checkbox').slice(1)) await opened.user.click(box);
    await opened.user.click(screen.getByTestId('take-provider'));
    await settle();
    expect(await reviewed(opened)).toMatchObject([
      set(aliasOf('openrouter/minimax/minimax-m2.7'), null, 'MiniMax'),
      {
        kind: 'set',
        at: { of: { kind: 'entry' }, key: ['params', 'provider'] },
        was: null,
        to: { allow_fallbacks: false },
      },
    ]);
  });

  it('is not added with an id that is taken or an address that is none', async () => {
    const { user } = await open(view, 'providers');
    await user.click(screen.getByTestId('add-provider'));
    await user.click(screen.getByRole('button', { name: /^vLLM/ }));
    await user.clear(dialog().getByLabelText('Id'));
    await user.type(dialog().getByLabelText('Id'), 'rig');
    expect(screen.getByText('There is a provider rig.')).toBeInTheDocument();
    expect(screen.getByTestId('take-provider')).toBeDisabled();
    await user.clear(dialog().getByLabelText('Id'));
    await user.type(dialog().getByLabelText('Id'), 'RIG');
    expect(screen.getByText('There is a provider rig.')).toBeInTheDocument();
    await user.type(dialog().getByLabelText('Id'), '2');
    await user.clear(dialog().getByLabelText('Base URL'));
    await user.type(dialog().getByLabelText('Base URL'), 'nonsense');
    expect(screen.getByTestId('take-provider')).toBeDisabled();
  });

  it('is renamed after what else changes', async () => {
    const opened = await open(view, 'providers');
    await opened.user.clear(screen.getByTestId('provider-id-lmstudio'));
    await opened.user.type(screen.getByTestId('provider-id-lmstudio'), 'studio{Enter}');
    await opened.user.click(screen.getByRole('button', { name: 'Set 300 s' }));
    expect(await reviewed(opened)).toEqual([
      TIMEOUT,
      { kind: 'rename', provider: 'lmstudio', model: null, to: 'studio' },
    ]);
  });

  it('goes with its other changes, and can be kept', async () => {
    const opened = await open(view, 'providers');
    await opened.user.click(screen.getByRole('button', { name: 'Set 300 s' }));
    await opened.user.click(screen.getByRole('button', { name: 'Remove…' }));
    await settle();
    expect(asked(opened.host, 'referrers')).toEqual([['referrers', 'lmstudio', null]]);
    await opened.user.click(screen.getByTestId('remove'));
    await settle();
    expect(screen.getByText(/It is taken out of the file with all its models/)).toBeInTheDocument();
    expect(await reviewed(opened)).toEqual([{ kind: 'remove', provider: 'lmstudio', model: null, force: true }]);
    await opened.user.click(screen.getByRole('button', { name: 'Back' }));
    await opened.user.click(screen.getByRole('button', { name: 'Keep it' }));
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });

  it('has flags that can be on, off or not set', async () => {
    const opened = await open(view, 'providers');
    const flag = screen.getByRole('radiogroup', { name: 'Private network' });
    await opened.user.click(within(flag).getByRole('radio', { name: 'on' }));
    expect(await reviewed(opened)).toEqual([set(ofProvider('lmstudio', 'request', 'allowPrivateNetwork'), null, true)]);
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
    ['review', [set(ofProvider('lmstudio', 'api'), 'openai-responses', 'openai-completions'), TIMEOUT]],
  ]);
});

it('shows an API kind that it has no name for as it is', async () => {
  await open(FIXTURES.long, 'providers');
  expect(screen.getByRole('combobox', { name: 'API' })).toHaveValue('google-generative-ai');
});

it('says why a built-in provider cannot be edited', async () => {
  const { user } = await open(view, 'providers');
  await user.click(screen.getByRole('button', { name: /^anthropic/ }));
  expect(screen.getByText(/OpenClaw brings this provider itself/)).toBeInTheDocument();
  expect(screen.queryByLabelText('Base URL')).not.toBeInTheDocument();
});
