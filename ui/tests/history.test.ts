// The history: its rows, the filter, the export, the row that a notification leads to.
import { screen, within } from '@testing-library/svelte';

import { FIXTURES } from '../src/fixtures';
import { HISTORY, NO_HISTORY } from '../src/fixtures/history';
import { asked, open, refusal, settle } from './kit';

const view = FIXTURES.ready;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('shows every word of each day', async () => {
  const { container } = await open(view, 'history');
  for (const { title, rows } of HISTORY.days) {
    expect(screen.getByRole('heading', { name: title })).toBeInTheDocument();
    for (const row of rows) {
      expect(container).toHaveTextContent(row.title);
      expect(container).toHaveTextContent(row.text);
    }
  }
});

it('shows one sort alone, and says when there is none of it', async () => {
  const { user, host } = await open(view, 'history');
  await user.click(screen.getByRole('radio', { name: 'Outages' }));
  expect(screen.queryByText('Back on Local')).not.toBeInTheDocument();
  expect(screen.getByText('LM Studio stopped answering')).toBeInTheDocument();
  host.past = NO_HISTORY;
  host.push({ ...view, history: view.history + 1 });
  await settle();
  expect(screen.getByText('No box has stopped answering.')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Export' })).toBeDisabled();
});

it('asks again only when there is more', async () => {
  const { host } = await open(view, 'history');
  host.push({ ...view, headline: 'OpenClaw answers with Opus' });
  await settle();
  expect(asked(host, 'history')).toHaveLength(1);
  host.push({ ...view, history: view.history + 1 });
  await settle();
  expect(asked(host, 'history')).toHaveLength(2);
});

it('exports, and says where to', async () => {
  const { user, host } = await open(view, 'history');
  await user.click(screen.getByRole('button', { name: 'Export' }));
  await user.click(screen.getByRole('menuitem', { name: /CSV/ }));
  expect(asked(host, 'exportHistory')).toEqual([['exportHistory', 'csv']]);
  expect(screen.getByTestId('toast')).toHaveTextContent('/home/me/Downloads/pilotlight-history-2026-11-23.csv');
});

it('points at the row that a notification told of', async () => {
  const { host } = await open(view);
  host.pushShow({ page: 'history', draft: [], provider: null, backup: null, moment: 1_795_443_350_000 });
  await settle();
  const row = screen.getByText('LM Studio stopped answering').closest('li');
  expect(row).toHaveFocus();
  expect(row).toHaveClass('meant');
  expect(
    within(screen.getByRole('main'))
      .getAllByRole('listitem')
      .filter(it => it.classList.contains('meant')),
  ).toHaveLength(1);
});

it('says why it can not be read', async () => {
  const { host, user } = await open(view);
  host.refusals.set('history', refusal({ message: 'the history can not be read' }));
  await user.click(screen.getByTestId('nav-history'));
  expect(screen.getByRole('alert')).toHaveTextContent('the history can not be read');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(screen.getByText('Back on Local')).toBeInTheDocument();
});
