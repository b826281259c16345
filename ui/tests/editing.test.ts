// Editing from the field to the file: what a person types is what the host is asked to save, to the letter.
import { fireEvent, screen, within } from '@testing-library/svelte';

import { ofModel, set } from '../src/draft/change';
import { FIXTURES } from '../src/fixtures';
import { asked, open, refusal, settle } from './kit';

const REF = 'lmstudio/my-local-model';
const CONTEXT = set(ofModel('lmstudio', 'my-local-model', 'contextWindow'), 196_608, 32_768);
const view = FIXTURES.attention;
const withContext = (contextWindow: number) => ({
  ...view,
  models: view.models.map(model =>
    model.modelRef === REF ? { ...model, fields: { ...model.fields, contextWindow } } : model,
  ),
});
const field = () => screen.getByTestId(`context-${REF}`);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a limit', () => {
  it('goes from the field over the review into the file', async () => {
    const { user, host } = await open(view, 'models');
    await user.clear(field());
    await user.type(field(), '32768{Enter}');
    await settle();
    expect(screen.getByText('Local: context 196,608 → 32,768')).toBeInTheDocument();
    expect(screen.getByText('was 196,608')).toBeInTheDocument();

    await user.click(screen.getByTestId('review'));
    await settle();
    expect(screen.getByRole('heading', { level: 1, name: 'Review 1 change' })).toBeInTheDocument();
    await user.click(screen.getByTestId('save'));
    await settle();
    expect(asked(host, 'review')).toEqual([['review', [CONTEXT]]]);
    expect(asked(host, 'save')).toEqual([['save', [CONTEXT], 'hash-of-the-text']]);
    expect(screen.getByTestId('toast')).toHaveTextContent('Saved.');
    expect(screen.getByRole('heading', { level: 1, name: 'Models' })).toBeInTheDocument();
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Undo' }));
    await settle();
    expect(asked(host, 'undo')).toHaveLength(1);
    expect(screen.getByTestId('toast')).toHaveTextContent('Undone.');
  });

  it('says what a short form becomes, and takes that', async () => {
    const { user } = await open(view, 'models');
    await user.clear(field());
    await user.type(field(), '32k');
    expect(screen.getByText('= 32,000')).toBeInTheDocument();
    await user.tab();
    expect(field()).toHaveValue('32,000');
  });

  it('refuses junk beside the field and keeps it out of the draft', async () => {
    const { user } = await open(view, 'models');
    await user.clear(field());
    await user.type(field(), 'a lot{Enter}');
    expect(screen.getByRole('alert')).toHaveTextContent('Not a number of tokens');
    expect(field()).toHaveAttribute('aria-invalid', 'true');
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(field()).toHaveValue('196,608');
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('leaves the file when it is emptied', async () => {
    const { user } = await open(view, 'models');
    await user.clear(field());
    await user.keyboard('{Enter}');
    await settle();
    expect(screen.getByText('Local: context 196,608 → not set')).toBeInTheDocument();
  });

  it('goes back with Escape: first the typing, then the change', async () => {
    const { user } = await open(view, 'models');
    await user.clear(field());
    await user.type(field(), '9{Enter}8{Escape}');
    expect(field()).toHaveValue('9');
    await user.keyboard('{Escape}');
    expect(field()).toHaveValue('196,608');
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });
});

describe('the draft', () => {
  it('is undone and redone by keyboard', async () => {
    const { user } = await open(view, 'models');
    await user.clear(field());
    await user.type(field(), '1000{Enter}');
    await user.keyboard('{Control>}z{/Control}');
    expect(field()).toHaveValue('196,608');
    await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    expect(field()).toHaveValue('1,000');
  });

  it('takes a fix, shows it as taken, and gives it back', async () => {
    const { user } = await open(view);
    const fix = screen.getByRole('button', { name: 'Use 32,768 in the config' });
    await user.click(fix);
    expect(fix).toHaveAttribute('aria-pressed', 'true');
    await settle();
    expect(screen.getByText('Local: context 196,608 → 32,768')).toBeInTheDocument();
    await user.click(fix);
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });

  it('stays when a new view comes, and says that the file moved', async () => {
    const { host } = await open(view, 'models', [CONTEXT]);
    host.push(withContext(65_536));
    await settle();
    expect(field()).toHaveValue('32,768');
    expect(screen.getByText('the file now says 65,536')).toBeInTheDocument();
    expect(screen.getByText('One of them was changed in the file meanwhile')).toBeInTheDocument();
  });

  it('is kept while saving is off, with the reason', async () => {
    const { host } = await open(view, 'models', [CONTEXT]);
    host.push({ ...view, config: FIXTURES.bad.config });
    await settle();
    expect(screen.getByTestId('review')).toBeDisabled();
    expect(screen.getAllByText('Saving is off until openclaw.json reads again.')).not.toHaveLength(0);
    host.push(view);
    await settle();
    expect(screen.getByTestId('review')).toBeEnabled();
    expect(field()).toHaveValue('32,768');
  });
});

describe('a refused save', () => {
  async function saveRefused(code: Parameters<typeof refusal>[0]) {
    const opened = await open(view, 'review', [CONTEXT]);
    opened.host.refusals.set('save', refusal(code));
    await opened.user.click(screen.getByTestId('save'));
    await settle();
    return opened;
  }

  const conflict = refusal({
    code: 'conflict',
    conflicts: [{ change: 0, what: 'Local: context', theirs: '65,536', yours: '32,768' }],
  });

  it('asks for each clash, and mine starts from their value', async () => {
    const { user, host } = await open(view, 'review', [CONTEXT]);
    host.refusals.set('save', conflict);
    host.push(withContext(65_536));
    await user.click(screen.getByTestId('save'));
    await settle();
    const dialog = screen.getByRole('alertdialog');
    expect(dialog).toHaveTextContent('65,536');
    expect(within(dialog).getByRole('button', { name: 'Continue' })).toBeDisabled();
    await user.click(within(dialog).getByRole('radio', { name: 'Use mine' }));
    await user.click(within(dialog).getByRole('button', { name: 'Continue' }));
    await settle();
    await user.click(screen.getByTestId('save'));
    await settle();
    expect(asked(host, 'save').at(-1)).toEqual(['save', [{ ...CONTEXT, was: 65_536 }], 'hash-of-the-text']);
  });

  it('lets the file win', async () => {
    const { user, host } = await saveRefused(conflict);
    await user.click(screen.getByRole('radio', { name: "Keep the file's" }));
    await user.click(screen.getByRole('button', { name: 'Continue' }));
    await settle();
    expect(asked(host, 'save')).toHaveLength(1);
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument();
    expect(screen.queryByTestId('save')).not.toBeInTheDocument();
  });

  it('reviews again by itself when the file changed elsewhere', async () => {
    const { host } = await saveRefused({ code: 'stale' });
    expect(screen.getByRole('alert')).toHaveTextContent('The file changed since your review.');
    expect(asked(host, 'review')).toHaveLength(2);
    expect(screen.getByTestId('save')).toBeEnabled();
  });

  it('says why a file could not be written, and keeps the draft', async () => {
    const { user } = await saveRefused({ code: 'file', message: 'the disk is full', hint: 'Free some space.' });
    expect(screen.getByRole('alert')).toHaveTextContent('the disk is full Free some space.');
    await user.click(screen.getByRole('button', { name: 'Back' }));
    expect(screen.getByText('1 change')).toBeInTheDocument();
  });
});

it('says that it saved for a while only', async () => {
  const { user } = await open(view, 'review', [CONTEXT]);
  await user.click(screen.getByTestId('save'));
  await settle();
  await user.pointer({ target: document.body });
  await vi.advanceTimersByTimeAsync(11_999);
  expect(screen.getByTestId('toast')).toBeInTheDocument();
  await vi.advanceTimersByTimeAsync(1);
  expect(screen.queryByTestId('toast')).not.toBeInTheDocument();
});

const ofBase = (base: string) => ({ ...view, config: { ...view.config, base } });

it('says at once that an open review is of an older file, and reviews again on a click', async () => {
  const { user, host } = await open(view, 'review', [CONTEXT]);
  host.push(ofBase('hash-of-another'));
  await settle();
  expect(screen.getByRole('alert')).toHaveTextContent('The file changed since this review.');
  expect(screen.getByTestId('save')).toBeDisabled();
  const make = host.makeReview;
  host.makeReview = (...args) => ({ ...make(...args), base: 'hash-of-another' });
  await user.click(screen.getByRole('button', { name: 'Review again' }));
  await settle();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  await user.click(screen.getByTestId('save'));
  await settle();
  expect(asked(host, 'save').at(-1)).toEqual(['save', [CONTEXT], 'hash-of-another']);
});

it('takes no review for stale that is of a newer file than the view', async () => {
  const { host } = await open(view, 'models', [CONTEXT]);
  const make = host.makeReview;
  host.makeReview = (...args) => ({ ...make(...args), base: 'hash-of-the-next' });
  screen.getByTestId('review').click();
  await settle();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  host.push(ofBase('hash-of-the-next'));
  await settle();
  expect(screen.getByTestId('save')).toBeEnabled();
});

describe('the way back from a save', () => {
  async function saved() {
    const opened = await open(view, 'review', [CONTEXT]);
    await opened.user.click(screen.getByTestId('save'));
    await settle();
    opened.host.push(ofBase('hash-of-ours'));
    await settle();
    expect(screen.getByRole('button', { name: 'Undo' })).toBeInTheDocument();
    return opened;
  }

  it('goes with its message as soon as the file is changed otherwise', async () => {
    const { host } = await saved();
    host.push(ofBase('hash-of-theirs'));
    await settle();
    expect(screen.queryByTestId('toast')).not.toBeInTheDocument();
  });

  it('goes too where the file does not read any more', async () => {
    const { host } = await saved();
    host.push({ ...FIXTURES.bad, config: { ...FIXTURES.bad.config, base: 'hash-of-ours' } });
    await settle();
    expect(screen.queryByTestId('toast')).not.toBeInTheDocument();
  });

  it('stays among the backups when the message is gone', async () => {
    const { user, host } = await saved();
    await vi.advanceTimersByTimeAsync(12_000);
    await user.click(screen.getByTestId('nav-backups'));
    await settle();
    await user.click(screen.getByRole('button', { name: 'Undo the last save' }));
    await settle();
    expect(asked(host, 'undo')).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'Undo the last save' })).not.toBeInTheDocument();
  });
});

it('says no message longer since the pointer rested on an earlier one', async () => {
  const { user } = await open(view, 'history');
  const write = async (): Promise<void> => {
    await user.click(screen.getByRole('button', { name: 'Export' }));
    await user.click(screen.getByRole('menuitem', { name: /CSV/ }));
    await settle();
  };
  await write();
  // A browser tells nobody that the pointer left what is not there any more.
  await fireEvent.mouseEnter(screen.getByTestId('toast'));
  screen.getByRole('button', { name: 'Close the message' }).click();
  await settle();
  await write();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(screen.queryByTestId('toast')).not.toBeInTheDocument();
});

describe('the focus', () => {
  it('goes to the title of the review, back to where it came from, and after a save to the title of the page', async () => {
    const { user } = await open(view, 'models', [CONTEXT]);
    await user.click(screen.getByTestId('review'));
    await settle();
    expect(screen.getByRole('heading', { level: 1, name: 'Review 1 change' })).toHaveFocus();
    await user.click(screen.getByRole('button', { name: 'Back' }));
    await settle();
    expect(screen.getByTestId('review')).toHaveFocus();
    await user.click(screen.getByTestId('review'));
    await settle();
    await user.click(screen.getByTestId('save'));
    await settle();
    expect(screen.getByRole('heading', { level: 1, name: 'Models' })).toHaveFocus();
  });

  it('stays in the page when the bar at its foot goes', async () => {
    const { user } = await open(view, 'models', [CONTEXT]);
    await user.click(screen.getByRole('button', { name: 'Discard' }));
    await settle();
    expect(screen.getByRole('heading', { level: 1, name: 'Models' })).toHaveFocus();
  });

  it('stays in the page when what opened a dialog goes with it', async () => {
    const { user } = await open(view, 'models');
    await user.click(screen.getByTestId(`more-${REF}`));
    await user.click(screen.getByRole('button', { name: 'Remove…' }));
    await settle();
    await user.click(screen.getByTestId('remove'));
    await settle();
    expect(screen.getByRole('heading', { level: 1, name: 'Models' })).toHaveFocus();
  });
});

it('says that a save failed after its page was left', async () => {
  const { user, host } = await open(view, 'review', [CONTEXT]);
  let answer: (error: unknown) => void = () => undefined;
  host.answers.save = () => new Promise((_, reject) => (answer = reject));
  await user.click(screen.getByTestId('save'));
  await user.click(screen.getByTestId('nav-models'));
  answer(refusal({ code: 'file', message: 'the disk is full' }));
  await settle();
  expect(screen.getByTestId('toast')).toHaveTextContent('the disk is full');
  expect(screen.getByText('1 change')).toBeInTheDocument();
});

it('says why a review was refused', async () => {
  const { host } = await open(view, 'models', [CONTEXT]);
  host.refusals.set('review', refusal({ code: 'invalid', message: 'the context is larger than the model takes' }));
  screen.getByTestId('review').click();
  await settle();
  expect(screen.getByRole('alert')).toHaveTextContent('the context is larger than the model takes');
  expect(screen.getByTestId('save')).toBeDisabled();
});

it('shows what a change would newly bring in', async () => {
  const { host } = await open(view, 'models', [CONTEXT]);
  const make = host.makeReview;
  const problem = {
    code: 'x',
    severity: 'error' as const,
    message: 'no room for a prompt',
    field: null,
    line: null,
    fix: null,
  };
  host.makeReview = (...args) => ({ ...make(...args), problems: [problem] });
  screen.getByTestId('review').click();
  await settle();
  expect(screen.getByText('no room for a prompt')).toBeInTheDocument();
  expect(screen.queryByText('No new problem')).not.toBeInTheDocument();
  expect(screen.getByTestId('save')).toBeDisabled();
  screen.getByTestId('accept').click();
  await settle();
  screen.getByTestId('save').click();
  await settle();
  expect(asked(host, 'save')).toHaveLength(1);
});

it('says that a request failed', async () => {
  const { user, host } = await open(view);
  host.refusals.set('checkNow', refusal({ message: 'the engine is gone', hint: 'Start Pilot Light again.' }));
  await user.click(screen.getByRole('button', { name: 'Check now' }));
  await settle();
  expect(screen.getByTestId('toast')).toHaveTextContent('the engine is gone Start Pilot Light again.');
});
