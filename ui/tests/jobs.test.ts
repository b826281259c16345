// What a server can be told to do: begun by a click, asked about first where it has a price.
import { screen } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import { open } from './kit';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a job without a price begins at once', async () => {
  const { host, user } = await open(FIXTURES.loading);
  await user.click(screen.getByRole('button', { name: 'Time an answer of qwen3-30b-a3b' }));
  expect(host.asked).toContainEqual(['beginJob', 'rig', 'qwen3-30b-a3b', 'time']);
});

test('what would be put aside is said first, and nothing happens until it is confirmed', async () => {
  const { host, user } = await open(FIXTURES.loading);
  await user.click(screen.getByRole('button', { name: 'Load glm-5-air-awq…' }));
  expect(screen.getByText('qwen3-30b-a3b is put aside for it.')).toBeVisible();
  expect(host.asked.some(it => it[0] === 'beginJob')).toBe(false);
  await user.click(screen.getByRole('button', { name: 'Leave it' }));
  expect(host.asked.some(it => it[0] === 'beginJob')).toBe(false);
  await user.click(screen.getByRole('button', { name: 'Load glm-5-air-awq…' }));
  await user.click(screen.getByRole('button', { name: 'Load glm-5-air-awq' }));
  expect(host.asked).toContainEqual(['beginJob', 'rig', 'glm-5-air-awq', 'load']);
});

test('a job under way can be cancelled', async () => {
  const { host, user } = await open(FIXTURES.loading);
  expect(screen.getByText('Loading my-local-model')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Cancel: LM Studio' }));
  expect(host.asked).toContainEqual(['cancelJob', 'lmstudio']);
});

test('a certificate is trusted only after its fingerprint was shown', async () => {
  const { host, user } = await open(FIXTURES.untrusted);
  expect(screen.queryByText(/^0B:30:55/)).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Show the certificate…' }));
  const fingerprint = screen.getByText(/^0B:30:55/).textContent;
  expect(host.asked.some(it => it[0] === 'trust')).toBe(false);
  await user.click(screen.getByRole('button', { name: 'Trust it' }));
  expect(host.asked).toContainEqual(['trust', 'rig', fingerprint]);
});
