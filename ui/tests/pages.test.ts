// Every page draws every situation: the hand-written ones, and the snapshots that the Rust tests leave behind.
import { render, screen } from '@testing-library/svelte';

import App from '../src/App.svelte';
import { FIXTURES } from '../src/fixtures';
import { SNAPSHOTS } from '../src/fixtures/snapshots';
import type { Page } from '../src/generated/Page';
import type { View } from '../src/generated/View';
import { FakeHost } from '../src/host.fake';
import { open, refusal, settle } from './kit';

const PAGES: Page[] = ['status', 'models', 'providers', 'route', 'history', 'settings', 'doctor', 'backups', 'review'];
const HEADINGS = {
  models: 'Models',
  providers: 'Providers',
  route: 'Route',
  history: 'History',
  settings: 'Settings',
  backups: 'Backups',
  review: 'Nothing to review',
} as const;

const VIEWS: Record<string, View> = { ...FIXTURES, ...SNAPSHOTS };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each(Object.entries(VIEWS))('%s', (_name, view) => {
  it.each(PAGES)('draws the page %s', async page => {
    const complaints = vi.spyOn(console, 'error');
    await open(view, page);
    const heading =
      page === 'status'
        ? (view.config.fault?.title ?? view.headline)
        : page === 'doctor'
          ? view.doctor.title
          : HEADINGS[page];
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent(heading.trim());
    expect(complaints).not.toHaveBeenCalled();
  });
});

it('shows every word of a status', async () => {
  const view = FIXTURES.attention;
  const { container } = await open(view);
  const text = container.textContent ?? '';
  for (const fact of view.detail) expect(text).toContain(fact.text);
  for (const hop of view.hops) expect(text).toContain(hop.mark.text);
  for (const box of view.boxes) {
    for (const words of [box.name, box.mark.text, ...box.chips, ...box.facts.map(fact => fact.text), box.role ?? '']) {
      expect(text).toContain(words);
    }
    for (const note of box.notes) expect(text).toContain(note.title);
  }
});

it('shows the excerpt of a bad file, then the last good version', async () => {
  const { user, host } = await open(FIXTURES.bad);
  expect(screen.getByLabelText('The place in the file')).toHaveTextContent('“merge”');
  expect(screen.getByText('Below is the last good version, of 09:40.')).toBeInTheDocument();
  expect(screen.getByText('LM Studio')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Open in editor' }));
  expect(host.asked).toEqual([['openConfig']]);
});

it('says where it looked for a config', async () => {
  await open(FIXTURES.missing);
  expect(screen.getByText('~/.openclaw/openclaw.json')).toBeInTheDocument();
});

it('keeps the last good version in view when the file is gone', async () => {
  const { user } = await open(FIXTURES.gone);
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('openclaw.json is gone');
  expect(screen.getByText('LM Studio')).toBeInTheDocument();
  await user.click(screen.getByTestId('nav-models'));
  expect(screen.getByText('There is no file to save to.')).toBeInTheDocument();
});

it('says that nobody answers, and asks again', async () => {
  const host = new FakeHost(FIXTURES.ready);
  host.refusals.set('view', refusal({ message: 'the engine does not answer' }));
  render(App, { host });
  await settle();
  expect(screen.getByRole('alert')).toHaveTextContent('the engine does not answer');
  screen.getByRole('button', { name: 'Try again' }).click();
  await settle();
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent(FIXTURES.ready.headline);
});

it('draws nothing wrong before the first view comes', async () => {
  const { container } = await open(FIXTURES.waiting);
  expect(container.querySelector('main')).toHaveTextContent(/^Reading the config\s*~\/.openclaw\/openclaw.json$/);
});

it('pauses from a fallback and resumes', async () => {
  const { user, host } = await open(FIXTURES.fallback);
  await user.click(screen.getByRole('button', { name: 'Pause 1 h' }));
  host.push({ ...FIXTURES.fallback, paused: 'Notifications are paused until 15:02' });
  await user.click(await screen.findByRole('button', { name: 'Resume' }));
  expect(host.asked).toEqual([
    ['pause', 'hour'],
    ['pause', null],
  ]);
  expect(screen.queryByRole('button', { name: 'Pause 1 h' })).not.toBeInTheDocument();
});

it('checks one box or all', async () => {
  const { user, host } = await open(FIXTURES.attention);
  await user.click(screen.getByRole('button', { name: 'Check now: GPU rig' }));
  await user.click(screen.getByRole('button', { name: 'Check now' }));
  expect(host.asked).toEqual([
    ['checkNow', 'rig'],
    ['checkNow', null],
  ]);
});

it('follows the tray to a page, with its changes in the draft', async () => {
  const { host } = await open(FIXTURES.attention);
  const fix = FIXTURES.attention.models[0]?.problems[0]?.fix;
  expect(fix).toBeTruthy();
  if (fix) host.pushShow({ page: 'models', draft: [fix.change], provider: null, backup: null, moment: null });
  expect(await screen.findByRole('heading', { level: 1, name: 'Models' })).toBeInTheDocument();
  expect(screen.getByText('1 change')).toBeInTheDocument();
});

test('the tray opens the form of the box that was clicked', async () => {
  const { host } = await open(FIXTURES.attention);
  const last = FIXTURES.attention.providers.findLast(row => row.inFile);
  host.pushShow({ page: 'providers', draft: [], provider: last?.id ?? null, backup: null, moment: null });
  await settle();
  expect(screen.getByTestId(`base-url-${last?.id}`)).toHaveValue(last?.baseUrl);
});
