// The route: ordered by keyboard, by buttons, by the swap, and written as one change.
import { screen, within } from '@testing-library/svelte';

import { MODE, set } from '../src/draft/change';
import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import { asked, open, settle } from './kit';

const view = FIXTURES.attention;
const LOCAL = 'lmstudio/my-local-model';
const OPUS = 'anthropic/claude-opus-4-6';
const SONNET = 'anthropic/claude-sonnet-4-6';
const GLM = 'rig/glm-5-air-awq';
const WRITTEN = [LOCAL, OPUS, SONNET, GLM];

const route = (to: string[], agent: string | null = null, was = WRITTEN): Change => ({ kind: 'route', agent, was, to });
const defaults = () => within(screen.getByRole('region', { name: 'Default route' }));
const names = () =>
  defaults()
    .getAllByRole('button', { name: /Alt and an arrow key/ })
    .map(grip => grip.getAttribute('aria-label')?.split(',')[0]);

async function reviewed(opened: Awaited<ReturnType<typeof open>>): Promise<unknown> {
  await opened.user.click(screen.getByTestId('review'));
  await settle();
  return asked(opened.host, 'review')[0]?.[1];
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('moves the row in focus with Alt and an arrow, and the focus goes along', async () => {
  const opened = await open(view, 'route');
  defaults()
    .getByRole('button', { name: /^Sonnet,/ })
    .focus();
  await opened.user.keyboard('{Alt>}{ArrowUp}{/Alt}');
  await settle();
  expect(names()).toEqual(['Local', 'Sonnet', 'Opus', 'GLM']);
  expect(document.activeElement).toHaveAccessibleName(/^Sonnet, 1st fallback/);
  await opened.user.keyboard('{Alt>}{ArrowUp}{ArrowUp}{/Alt}');
  await settle();
  expect(names()).toEqual(['Sonnet', 'Local', 'Opus', 'GLM']);
  expect(await reviewed(opened)).toEqual([route([SONNET, LOCAL, OPUS, GLM])]);
});

it('returns to no change when the order is as before', async () => {
  const { user } = await open(view, 'route');
  await user.click(defaults().getByRole('button', { name: 'Move Sonnet up' }));
  expect(screen.getByText('1 change')).toBeInTheDocument();
  await user.click(defaults().getByRole('button', { name: 'Move Sonnet down' }));
  expect(screen.queryByText('1 change')).not.toBeInTheDocument();
});

it('removes a member, and adds it again from the known models', async () => {
  const opened = await open(view, 'route');
  await opened.user.click(defaults().getByRole('button', { name: 'Remove Opus' }));
  expect(names()).toEqual(['Local', 'Sonnet', 'GLM']);
  await opened.user.click(defaults().getByRole('button', { name: 'Add fallback…' }));
  await settle();
  await opened.user.click(screen.getByRole('menuitem', { name: /Opus/ }));
  await settle();
  expect(names()).toEqual(['Local', 'Sonnet', 'GLM', 'Opus']);
  expect(await reviewed(opened)).toEqual([route([LOCAL, SONNET, GLM, OPUS])]);
});

it('swaps local and hosted', async () => {
  const opened = await open(view, 'route');
  expect(screen.getByRole('radio', { name: 'Local first' })).toBeChecked();
  await opened.user.click(screen.getByRole('radio', { name: 'Hosted first' }));
  expect(screen.getByRole('radio', { name: 'Hosted first' })).toBeChecked();
  expect(names()).toEqual(['Opus', 'Sonnet', 'Local', 'GLM']);
  await opened.user.click(screen.getByRole('radio', { name: 'Local first' }));
  expect(screen.queryByTestId('review')).not.toBeInTheDocument();
});

it('mends the route of one agent', async () => {
  const opened = await open(view, 'route');
  await opened.user.click(screen.getByRole('button', { name: 'Add the default fallbacks' }));
  expect(await reviewed(opened)).toEqual([route([GLM, OPUS, SONNET], 'research', [GLM])]);
});

it('keeps a primary', async () => {
  await open(view, 'route');
  const research = within(screen.getByRole('region', { name: 'Route of research' }));
  expect(research.getByRole('button', { name: 'Remove GLM' })).toBeDisabled();
});

describe('an agent', () => {
  it('gets a route of its own, starting from the defaults, and gives it back', async () => {
    const opened = await open(view, 'route');
    await opened.user.click(screen.getByRole('button', { name: 'Give an agent its own…' }));
    await settle();
    await opened.user.click(screen.getByRole('menuitem', { name: 'coder' }));
    await settle();
    const coder = within(screen.getByRole('region', { name: 'Route of coder' }));
    await opened.user.click(coder.getByRole('button', { name: 'Remove Opus' }));
    expect(await reviewed(opened)).toEqual([route([LOCAL, SONNET, GLM], 'coder', [])]);
    await opened.user.click(screen.getByRole('button', { name: 'Back' }));
    await opened.user.click(
      within(screen.getByRole('region', { name: 'Route of coder' })).getByRole('button', {
        name: 'Follow the defaults',
      }),
    );
    expect(screen.queryByRole('region', { name: 'Route of coder' })).not.toBeInTheDocument();
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });

  it('that has one follows the defaults again, until it is thought better of', async () => {
    const opened = await open(view, 'route');
    const research = within(screen.getByRole('region', { name: 'Route of research' }));
    await opened.user.click(research.getByRole('button', { name: 'Follow the defaults' }));
    expect(await reviewed(opened)).toEqual([route([], 'research', [GLM])]);
    await opened.user.click(screen.getByRole('button', { name: 'Back' }));
    await opened.user.click(screen.getByRole('button', { name: 'Keep its own' }));
    expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  });
});

describe('models.mode', () => {
  const replacing = { ...view, config: { ...view.config, mode: 'replace' } };

  it('is guarded: replace names the members that would fail, and merge is one click away', async () => {
    const opened = await open(replacing, 'route');
    expect(screen.getByText('OpenClaw does not know Sonnet, Opus.')).toBeInTheDocument();
    await opened.user.click(screen.getByRole('radio', { name: 'Hosted first' }));
    await opened.user.click(screen.getByRole('button', { name: 'Use merge' }));
    expect(screen.queryByText('OpenClaw does not know Sonnet, Opus.')).not.toBeInTheDocument();
    expect(await reviewed(opened)).toEqual([route([OPUS, SONNET, LOCAL, GLM]), set(MODE, 'replace', 'merge')]);
  });

  it('warns as soon as replace is picked', async () => {
    const { user } = await open(view, 'route');
    await user.click(screen.getByRole('radio', { name: 'replace' }));
    expect(screen.getByText('OpenClaw does not know Sonnet, Opus.')).toBeInTheDocument();
  });
});

it('opens and closes its menu by keyboard', async () => {
  const { user } = await open(view, 'route');
  const button = defaults().getByRole('button', { name: 'Add fallback…' });
  button.focus();
  await user.keyboard('{ArrowDown}');
  await settle();
  expect(document.activeElement).toHaveAttribute('role', 'menuitem');
  await user.keyboard('{Escape}');
  await settle();
  expect(screen.queryByRole('menu')).not.toBeInTheDocument();
  expect(button).toHaveFocus();
});
