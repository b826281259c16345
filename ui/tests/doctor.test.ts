// The Doctor page, on the view that the rules' own tests leave behind.
import { screen, within } from '@testing-library/svelte';

import { SNAPSHOTS } from '../src/fixtures/snapshots';
import { copyText } from '../src/shared/clipboard';
import type { View } from '../src/generated/View';
import { asked, open, settle } from './kit';

vi.mock('../src/shared/clipboard', () => ({ copyText: vi.fn(() => Promise.resolve()) }));

const TROUBLED = SNAPSHOTS['rust/doctor'] as View;
const FINE = SNAPSHOTS['rust/doctor-fine'] as View;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('puts what needs a hand first, the worst before the rest, and says so beside the page', async () => {
  await open(TROUBLED, 'doctor');
  const rows = within(screen.getByRole('list', { name: 'Needs a hand' })).getAllByRole('listitem');
  expect(rows).toHaveLength(TROUBLED.doctor.open);
  const failed = TROUBLED.doctor.checks.filter(check => check.verdict === 'fail');
  expect(rows.slice(0, failed.length).every(row => row.textContent?.includes('Failed:'))).toBe(true);
  expect(screen.getByTestId('nav-doctor')).toHaveTextContent(`${TROUBLED.doctor.open} to look at`);
  for (const check of TROUBLED.doctor.checks) expect(document.body).toHaveTextContent(check.evidence);
});

it('says that all is fine, in groups', async () => {
  await open(FINE, 'doctor');
  expect(screen.queryByRole('list', { name: 'Needs a hand' })).not.toBeInTheDocument();
  expect(screen.getAllByRole('list').map(list => list.getAttribute('aria-label'))).toEqual([
    'Setup',
    'Troubleshooting',
    'Safety',
  ]);
  expect(screen.getByTestId('nav-doctor')).toHaveAccessibleName('Doctor');
});

it('takes a fix into the draft, copies a command, and goes where it can be mended', async () => {
  const { user } = await open(TROUBLED, 'doctor');
  await user.click(screen.getByRole('button', { name: 'Use merge' }));
  expect(screen.getByText('1 change')).toBeInTheDocument();
  const gateway = within(screen.getByTestId('check-gateway'));
  expect(gateway.getByText('openclaw gateway run')).toBeInTheDocument();
  await user.click(gateway.getByRole('button', { name: 'Copy command' }));
  expect(copyText).toHaveBeenLastCalledWith('openclaw gateway run');
  await user.click(screen.getByRole('button', { name: 'Providers: The server answers' }));
  await settle();
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Providers');
  expect(screen.getByLabelText('Base URL')).toHaveValue('http://gpu-rig:8000/v1');
});

it('copies a report, and checks again', async () => {
  const { user, host } = await open(TROUBLED, 'doctor');
  await user.click(screen.getByRole('button', { name: 'Copy report' }));
  const report = vi.mocked(copyText).mock.lastCall?.[0] ?? '';
  expect(report.split('\n')[0]).toBe(TROUBLED.doctor.title);
  expect(report.split('\n')).toHaveLength(TROUBLED.doctor.checks.length + 1);
  await user.click(screen.getByRole('button', { name: 'Check now' }));
  expect(asked(host, 'checkNow')).toEqual([['checkNow', null]]);
});

it('follows the view', async () => {
  const { host } = await open(TROUBLED, 'doctor');
  host.push(FINE);
  await settle();
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent(FINE.doctor.title);
});
