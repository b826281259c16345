// The Models page: every setting edited in place, models added from the server or by hand, renamed, and removed with what names them.
import { screen, within } from '@testing-library/svelte';

import { aliasOf, set } from '../src/draft/change';
import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import { asked, open, refusal, settle } from './kit';

const view = FIXTURES.attention;
const REF = 'ollama/qwen3.5:9b';
const MODEL = { kind: 'model', provider: 'ollama', model: 'qwen3.5:9b' };

type Opened = Awaited<ReturnType<typeof open>>;

async function reviewed(opened: Opened): Promise<unknown> {
  await opened.user.click(screen.getByTestId('review'));
  await settle();
  return asked(opened.host, 'review').at(-1)?.[1];
}

async function details(ref = REF): Promise<Opened> {
  const opened = await open(view, 'models');
  await opened.user.click(screen.getByTestId(`more-${ref}`));
  return opened;
}

async function type(opened: Opened, testid: string, text: string): Promise<void> {
  const field = screen.getByTestId(testid);
  await opened.user.clear(field);
  await opened.user.type(field, `${text}{Enter}`);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the other settings', () => {
  it('are each one change, with the value that the file has', async () => {
    const opened = await details();
    await type(opened, `name-${REF}`, 'Qwen');
    await type(opened, `context-tokens-${REF}`, '32k');
    await type(opened, `cost-input-${REF}`, '$0.27');
    await type(opened, `cost-cacheRead-${REF}`, '0.1');
    await opened.user.selectOptions(screen.getByLabelText('API'), 'openai-responses');
    await opened.user.click(screen.getByRole('radio', { name: 'Yes' }));
    await opened.user.click(screen.getByRole('button', { name: 'image' }));
    const change = (key: string[], was: unknown, to: unknown) => ({ kind: 'set', at: { of: MODEL, key }, was, to });
    expect(await reviewed(opened)).toEqual([
      change(['name'], 'qwen3.5:9b', 'Qwen'),
      change(['contextTokens'], null, 32_000),
      change(['cost', 'input'], 0, 0.27),
      change(['cost', 'cacheRead'], null, 0.1),
      change(['api'], null, 'openai-responses'),
      change(['reasoning'], false, true),
      change(['input'], ['text'], ['text', 'image']),
    ]);
  });

  it('go back to what the file says without a trace', async () => {
    const { user } = await details();
    await user.click(screen.getByRole('radio', { name: 'Yes' }));
    expect(screen.getByText('1 change')).toBeInTheDocument();
    await user.click(screen.getByRole('radio', { name: 'No' }));
    expect(screen.queryByText('1 change')).not.toBeInTheDocument();
  });

  it.each([
    ['name', '', 'OpenClaw refuses a model without a name.'],
    ['cost-input', 'cheap', 'Not a price in dollars.'],
    ['id', '', 'A model needs an id.'],
  ])('refuse junk beside the field: %s', async (field, text, why) => {
    const opened = await details();
    await opened.user.clear(screen.getByTestId(`${field}-${REF}`));
    if (text) await opened.user.type(screen.getByTestId(`${field}-${REF}`), text);
    await opened.user.keyboard('{Enter}');
    expect(screen.getByRole('alert')).toHaveTextContent(why);
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });

  it('keep at least one input', async () => {
    const { user } = await details();
    await user.click(screen.getByRole('button', { name: 'text' }));
    expect(screen.getByRole('button', { name: 'text' })).toHaveAttribute('aria-pressed', 'true');
  });

  it('are not there for a model that OpenClaw brings itself', async () => {
    await open(view, 'models');
    expect(screen.queryByTestId('more-anthropic/claude-sonnet-4-6')).not.toBeInTheDocument();
  });
});

describe('a rename', () => {
  it('is sent after what changes under the old id', async () => {
    const opened = await details();
    await type(opened, `id-${REF}`, 'qwen4:9b');
    expect(screen.getByText('ollama/qwen4:9b')).toBeInTheDocument();
    await type(opened, `name-${REF}`, 'Qwen');
    expect(await reviewed(opened)).toEqual([
      { kind: 'set', at: { of: MODEL, key: ['name'] }, was: 'qwen3.5:9b', to: 'Qwen' },
      { kind: 'rename', provider: 'ollama', model: 'qwen3.5:9b', to: 'qwen4:9b' },
    ]);
  });
});

describe('a removal', () => {
  const remove = async (opened: Opened): Promise<void> => {
    await opened.user.click(screen.getByRole('button', { name: 'Remove…' }));
    await settle();
  };

  it('lists first what names the model, and takes other changes of it along', async () => {
    const opened = await details('lmstudio/my-local-model');
    await type(opened, 'context-lmstudio/my-local-model', '32768');
    await remove(opened);
    const dialog = screen.getByRole('alertdialog');
    expect(asked(opened.host, 'referrers')).toEqual([['referrers', 'lmstudio', 'my-local-model']]);
    expect(dialog).toHaveTextContent('agents.defaults.model.primary');
    await opened.user.click(within(dialog).getByTestId('remove'));
    await settle();
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument();
    expect(screen.getByText('goes')).toBeInTheDocument();
    expect(await reviewed(opened)).toEqual([
      { kind: 'remove', provider: 'lmstudio', model: 'my-local-model', force: true },
    ]);
  });

  it('can be thought better of, in the dialog and after', async () => {
    const opened = await details();
    await remove(opened);
    await opened.user.click(screen.getByRole('button', { name: 'Keep it' }));
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
    await remove(opened);
    await opened.user.click(screen.getByTestId('remove'));
    await settle();
    await opened.user.click(screen.getByRole('button', { name: 'Keep it' }));
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
    expect(screen.getByTestId(`alias-${REF}`)).toBeInTheDocument();
  });

  it('is not offered while nobody can tell what names it', async () => {
    const opened = await details();
    opened.host.refusals.set('referrers', refusal({ code: 'file', message: 'the file has an error in line 3' }));
    await remove(opened);
    expect(screen.getByRole('alertdialog')).toHaveTextContent('the file has an error in line 3');
    expect(screen.getByTestId('remove')).toBeDisabled();
  });
});

describe('a new model', () => {
  async function adding(): Promise<Opened> {
    const opened = await open(view, 'models');
    await opened.user.click(screen.getByTestId('add-model'));
    await settle();
    return opened;
  }

  it('comes from the list of its server, with what that serves', async () => {
    const opened = await adding();
    expect(asked(opened.host, 'listModels')).toEqual([['listModels', 'lmstudio', 'http://127.0.0.1:1234/v1']]);
    expect(screen.getByRole('checkbox', { name: /my-local-model/ })).toBeDisabled();
    await opened.user.click(screen.getByRole('checkbox', { name: /qwen3-30b-a3b/ }));
    await opened.user.click(screen.getByTestId('add-models'));
    await settle();
    expect(screen.getByText('lmstudio/qwen3-30b-a3b')).toBeInTheDocument();
    await type(opened, 'context-lmstudio/qwen3-30b-a3b', '65536');
    await type(opened, 'alias-lmstudio/qwen3-30b-a3b', 'Qwen');
    const fields = opened.host.listed.find(it => it.id === 'qwen3-30b-a3b')?.fields;
    expect(await reviewed(opened)).toEqual([
      { kind: 'addModel', provider: 'lmstudio', model: 'qwen3-30b-a3b', fields: { ...fields, contextWindow: 65_536 } },
      set(aliasOf('lmstudio/qwen3-30b-a3b'), null, 'Qwen'),
    ] satisfies Change[]);
  });

  it('can be typed, renamed, and dropped with its alias', async () => {
    const opened = await adding();
    await opened.user.type(screen.getByLabelText('Id, as the server calls it'), 'by-hand');
    await opened.user.type(screen.getByLabelText('Context'), '32k');
    await opened.user.click(screen.getByTestId('add-models'));
    await settle();
    await type(opened, 'alias-lmstudio/by-hand', 'Hand');
    await opened.user.click(screen.getByTestId('more-lmstudio/by-hand'));
    await type(opened, 'id-lmstudio/by-hand', 'other');
    expect(screen.getByTestId('alias-lmstudio/other')).toHaveValue('Hand');
    await opened.user.click(screen.getByTestId('more-lmstudio/other'));
    await opened.user.click(screen.getByRole('button', { name: 'Remove…' }));
    await settle();
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });

  it('is not a second one of the same id', async () => {
    const { user } = await adding();
    await user.type(screen.getByLabelText('Id, as the server calls it'), 'my-local-model');
    expect(screen.getByRole('alert')).toHaveTextContent('lmstudio has a model of this id.');
    expect(screen.getByTestId('add-models')).toBeDisabled();
  });

  it('can be typed where its server gives no list, with the reason', async () => {
    const opened = await open(view, 'models');
    opened.host.refusals.set('listModels', refusal({ code: 'invalid', message: 'the server gave no list: refused' }));
    await opened.user.click(screen.getByTestId('add-model'));
    await settle();
    expect(screen.getByText('the server gave no list: refused')).toBeInTheDocument();
    await opened.user.click(screen.getByRole('button', { name: 'Ask again' }));
    await settle();
    expect(screen.getByRole('checkbox', { name: /qwen3-30b-a3b/ })).toBeInTheDocument();
  });
});
