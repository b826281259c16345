// Backups: looked at before anything is written, and refused when the file moved on.
import { screen } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import { BACKUPS } from '../src/fixtures/backups';
import { asked, open, refusal, settle } from './kit';

const [newest, older] = BACKUPS.map(backup => backup.name);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('shows what the newest would change, then another, and restores that', async () => {
  const { user, host } = await open(FIXTURES.attention, 'backups');
  expect(asked(host, 'backupReview')).toEqual([['backupReview', newest]]);
  await user.click(screen.getByRole('button', { name: /^yesterday/ }));
  await settle();
  expect(asked(host, 'backupReview').at(-1)).toEqual(['backupReview', older]);
  expect(asked(host, 'restore')).toEqual([]);
  await user.click(screen.getByTestId('restore'));
  await settle();
  expect(asked(host, 'restore')).toEqual([['restore', older, 'hash-of-the-text']]);
  expect(screen.getByTestId('toast')).toHaveTextContent('openclaw.json is as it was yesterday, 21:03.');
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  await settle();
  expect(asked(host, 'undo')).toHaveLength(1);
});

it('compares again when the file changed meanwhile', async () => {
  const { user, host } = await open(FIXTURES.attention, 'backups');
  host.refusals.set('restore', refusal({ code: 'stale' }));
  await user.click(screen.getByTestId('restore'));
  await settle();
  expect(screen.getByRole('alert')).toHaveTextContent('The file changed meanwhile.');
  expect(asked(host, 'backupReview')).toEqual([
    ['backupReview', newest],
    ['backupReview', newest],
  ]);
});

it('says when a backup is no config, and keeps the others at hand', async () => {
  const { user, host } = await open(FIXTURES.attention, 'backups');
  host.refusals.set('backupReview', refusal({ code: 'invalid', message: 'the backup itself has an error in line 3' }));
  await user.click(screen.getByRole('button', { name: /^yesterday/ }));
  await settle();
  expect(screen.getByRole('alert')).toHaveTextContent('the backup itself has an error in line 3');
  expect(screen.getByTestId('restore')).toBeDisabled();
  await user.click(screen.getByRole('button', { name: /^today/ }));
  await settle();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  expect(screen.getByTestId('restore')).toBeEnabled();
});

it('mends a broken file, which is nothing to undo to', async () => {
  const { user } = await open(FIXTURES.bad, 'backups');
  await user.click(screen.getByTestId('restore'));
  await settle();
  expect(screen.getByTestId('toast')).toHaveTextContent('openclaw.json is as it was today');
  expect(screen.queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
});

it('opens on the edit that OpenClaw undid', async () => {
  const { user, host } = await open(FIXTURES.undone);
  expect(screen.getByText(/Your version is in/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Show the difference' }));
  await settle();
  expect(asked(host, 'backupReview')).toEqual([['backupReview', BACKUPS.at(-1)?.name]]);
  expect(screen.getByText('undone by OpenClaw')).toBeVisible();
});

it('names the file of each where the config takes in others', async () => {
  const { user, host } = await open(FIXTURES.attention, 'status');
  const [first, ...rest] = BACKUPS;
  if (first) host.kept = [{ ...first, file: 'models.json5' }, ...rest];
  await user.click(screen.getByTestId('nav-backups'));
  await settle();
  expect(screen.getByRole('button', { name: /^today, 10:15 models\.json5/ })).toBeInTheDocument();
  expect(screen.getByRole('button', { name: /^yesterday, 21:03 openclaw\.json/ })).toBeInTheDocument();
  await user.click(screen.getByTestId('restore'));
  await settle();
  expect(screen.getByTestId('toast')).toHaveTextContent('models.json5 is as it was today, 10:15.');
});
