// The time that the cards look back over: a day, and weeks on demand.
import { screen } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import { asked, open, refusal, settle } from './kit';

const view = FIXTURES.loading;
const boxes = view.boxes.length;
const spans = (): HTMLSelectElement[] => screen.getAllByLabelText('Time shown');

function span(n: number): HTMLSelectElement {
  const select = spans()[n];
  if (!select) throw new Error('there is no such card');
  return select;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks for weeks when they are chosen, for all boxes alike, and again each minute', async () => {
  const { user, host } = await open(view);
  expect(asked(host, 'uptime')).toEqual([]);
  await user.selectOptions(span(0), 'Last 7 days');
  expect(spans().map(it => it.value)).toEqual(Array(boxes).fill('week'));
  expect(screen.getAllByText('up 99.4 %')).toHaveLength(boxes);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked(host, 'uptime')).toEqual([
    ['uptime', 'week'],
    ['uptime', 'week'],
  ]);
  await user.selectOptions(span(1), 'Last 24 h');
  expect(screen.queryByText('up 99.4 %')).toBeNull();
});

it('stays where it is when the history can not be read', async () => {
  const { user, host } = await open(view);
  host.refusals.set('uptime', refusal({ code: 'file', message: "the history can't be read: disk I/O error" }));
  await user.selectOptions(span(0), 'Last 90 days');
  await settle();
  expect(span(0).value).toBe('day');
  expect(screen.getByText("the history can't be read: disk I/O error")).toBeVisible();
});
