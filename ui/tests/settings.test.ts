// The settings: each holds at once, a value that can't be taken is told beside its field, a bad file switches them off.
import { screen } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import { asked, open, refusal, settle } from './kit';

const view = FIXTURES.ready;
const { values } = view.settings;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('switches notices and boxes one by one', async () => {
  const { user, host } = await open(view, 'settings');
  expect(screen.getByLabelText('A box is back')).not.toBeChecked();
  await user.click(screen.getByLabelText('A box is back'));
  await user.click(screen.getByLabelText('GPU rig'));
  expect(asked(host, 'setSettings')).toEqual([
    ['setSettings', { ...values, off: [] }],
    ['setSettings', { ...values, off: [], muted: ['rig'] }],
  ]);
  expect(screen.getByLabelText('A box is back')).toBeChecked();
  expect(screen.getByLabelText('GPU rig')).not.toBeChecked();
});

it('says what is wrong with a value, and keeps the one that holds', async () => {
  const { user, host } = await open(view, 'settings');
  host.refusals.set(
    'setSettings',
    refusal({ code: 'invalid', message: 'historyDays is 0; it should be from 1 to 365' }),
  );
  const field = screen.getByLabelText('Keep the history');
  await user.clear(field);
  await user.type(field, 'for ever{Enter}');
  await user.tab();
  expect(asked(host, 'setSettings')[0]).toEqual(['setSettings', { ...values, historyDays: 0 }]);
  expect(screen.getByRole('alert')).toHaveTextContent('it should be from 1 to 365');
  expect(field).toHaveAttribute('aria-invalid', 'true');
});

it('asks boxes for an answer only when that is switched on', async () => {
  const { user, host } = await open(view, 'settings');
  const box = screen.getByLabelText('Now and then ask a loaded, idle model for one token');
  expect(box).not.toBeChecked();
  await user.click(box);
  expect(asked(host, 'setSettings')).toEqual([['setSettings', { ...values, checkAnswers: true }]]);
});

it('has times only while it is quiet', async () => {
  const { user } = await open(view, 'settings');
  expect(screen.getByLabelText('from')).toBeDisabled();
  await user.click(screen.getByLabelText('Tell only that no model answered'));
  expect(screen.getByLabelText('from')).toBeEnabled();
});

it('is off while the file has an error', async () => {
  const { host } = await open(view, 'settings');
  host.push({ ...view, settings: { ...view.settings, fault: 'line 2: not a number' } });
  await settle();
  expect(screen.getByText(/The file of the settings has an error: line 2: not a number/)).toBeInTheDocument();
  expect(screen.getByLabelText('A box is back')).toBeDisabled();
});

it('starts with the session, or not', async () => {
  const { user, host } = await open(view, 'settings');
  await user.click(screen.getByLabelText('Start Pilot Light in the tray'));
  expect(asked(host, 'setAutostart')).toEqual([['setAutostart', true]]);
  expect(screen.getByLabelText('Start Pilot Light in the tray')).toBeChecked();
});

it('forgets a certificate that was trusted', async () => {
  const { user, host } = await open(FIXTURES.attention, 'settings');
  await user.click(screen.getByRole('button', { name: 'Forget the certificate of https://gpu-rig:8443' }));
  await settle();
  expect(asked(host, 'forget')).toEqual([['forget', 'https://gpu-rig:8443']]);
});
