// What a draft would newly break is shown while it is being made, in the row of the field that causes it.
import { screen, within } from '@testing-library/svelte';

import { ofModel, ofProvider, set } from '../src/draft/change';
import { fixed, type Draft } from '../src/draft/draft';
import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import type { Finding } from '../src/generated/Finding';
import type { Owner } from '../src/generated/Owner';
import type { ProblemView } from '../src/generated/ProblemView';
import { Findings } from '../src/draft/findings.svelte';
import { FakeHost } from '../src/host.fake';
import { asked, open, refusal, settle } from './kit';

const view = FIXTURES.attention;
const LOCAL = { provider: 'lmstudio', model: 'my-local-model' };
const maxTokens = (was: number, to: number) => set(ofModel(LOCAL.provider, LOCAL.model, 'maxTokens'), was, to);
const ROW = 'max-tokens-lmstudio/my-local-model';

const problem = (over: Partial<ProblemView> = {}): ProblemView => ({
  code: 'schema.tooNew',
  severity: 'error',
  message: 'too new for this OpenClaw',
  field: null,
  line: null,
  fix: null,
  ...over,
});
const finding = (of: Owner, over: Partial<ProblemView> = {}): Finding => ({ of, problem: problem(over) });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells while a value is being typed, and takes it back with the value', async () => {
  const { user } = await open(view, 'models');
  const field = screen.getByTestId(ROW);
  await user.clear(field);
  await user.type(field, '196608');
  await settle();
  const row = field.closest('tbody') ?? document.body;
  expect(within(row).getByText(/leaves no room/)).toBeInTheDocument();
  expect(field).toHaveAccessibleDescription(/leaves no room/);
  expect(screen.queryByTestId('review')).not.toBeInTheDocument();
  await user.keyboard('{Escape}');
  await settle();
  expect(within(row).queryByText(/leaves no room/)).not.toBeInTheDocument();
  expect(field).not.toHaveAccessibleDescription();
});

it('counts what the draft breaks, on whichever page it is', async () => {
  const { user } = await open(view, 'models');
  await user.clear(screen.getByTestId(ROW));
  await user.type(screen.getByTestId(ROW), '196608{Enter}');
  await settle();
  await user.click(screen.getByTestId('nav-status'));
  expect(
    within(screen.getByRole('region', { name: 'Unsaved changes' })).getByText('1 new problem'),
  ).toBeInTheDocument();
});

it('a fix of what was found in the draft starts from what the file says', async () => {
  const { user, host } = await open(view, 'models');
  const change = maxTokens(196_608, 4096);
  host.makeFindings = () => [
    finding({ kind: 'model', ...LOCAL }, { field: 'maxTokens', fix: { label: 'Set 4,096', change } }),
  ];
  await user.clear(screen.getByTestId(ROW));
  await user.type(screen.getByTestId(ROW), '196608{Enter}');
  await settle();
  await user.click(screen.getByRole('button', { name: 'Set 4,096' }));
  await user.click(screen.getByTestId('review'));
  await settle();
  expect(asked(host, 'review').at(-1)?.[1]).toEqual([{ ...change, was: 8192 }]);
});

it('a fix of what is new becomes a part of it', async () => {
  const provider: Change = {
    kind: 'addProvider',
    provider: 'box',
    fields: { baseUrl: 'http://box:1/v1/v1' },
    key: { kind: 'none' },
  };
  const model: Change = { kind: 'addModel', provider: 'box', model: 'm', fields: { name: 'M', maxTokens: 9 } };
  const limit = set(ofModel('box', 'm', 'maxTokens'), 9, 4096);
  const url = set(ofProvider('box', 'baseUrl'), 'http://box:1/v1/v1', 'http://box:1/v1');
  expect([limit, url].reduce<Draft>((draft, fix) => fixed(draft, fix, view), [provider, model])).toEqual([
    { ...provider, fields: { baseUrl: 'http://box:1/v1' } },
    { ...model, fields: { name: 'M', maxTokens: 4096 } },
  ]);
});

it('is shown beside a provider, a setting of it, a route, and the models of the file', async () => {
  const opened = await open(view, 'providers');
  const provider: Owner = { kind: 'provider', provider: 'lmstudio' };
  opened.host.makeFindings = () => [
    finding(provider, { field: 'timeoutSeconds', message: 'out of range' }),
    finding(provider, { field: 'region', message: 'region is too new' }),
    finding(provider, { message: 'of the whole provider' }),
    finding({ kind: 'agent', agent: null }, { field: 'model', message: 'no fallback is left' }),
    finding({ kind: 'models' }, { field: 'mode', message: 'hides the hosted ones' }),
  ];
  await opened.user.click(screen.getByRole('radio', { name: 'Chat' }));
  await settle();
  for (const text of ['out of range', 'region is too new', 'of the whole provider']) {
    expect(screen.getByText(text)).toBeInTheDocument();
  }
  expect(screen.getByLabelText('Time-out')).toHaveAttribute('aria-invalid', 'true');
  expect(screen.getByText('5 new problems')).toBeInTheDocument();
  await opened.user.click(screen.getByTestId('nav-route'));
  expect(screen.getByText('no fallback is left')).toBeInTheDocument();
  expect(screen.getByText('hides the hosted ones')).toBeInTheDocument();
});

it('asks one question at a time, and shows the answer to the newest draft alone', async () => {
  const host = new FakeHost(view);
  const answers: { draft: readonly Change[]; answer: (findings: Finding[]) => void }[] = [];
  host.answers.draftCheck = ({ changes: draft }) =>
    new Promise(answer => answers.push({ draft, answer: findings => answer({ changes: [], findings }) }));
  const findings = new Findings(host);
  const limit = (to: number) => maxTokens(8192, to);
  const of: Owner = { kind: 'model', ...LOCAL };
  const shown = () => findings.of(of).value.map(it => it.message);
  for (const to of [1, 2, 3]) findings.look([limit(to)]);
  expect(answers.map(it => it.draft)).toEqual([[limit(1)]]);
  answers[0]?.answer([finding(of, { message: 'of the first' })]);
  await settle();
  expect(shown()).toEqual([]);
  expect(answers.map(it => it.draft)).toEqual([[limit(1)], [limit(3)]]);
  answers[1]?.answer([finding(of, { message: 'of the third' })]);
  await settle();
  expect(shown()).toEqual(['of the third']);
  findings.look([]);
  await settle();
  expect(shown()).toEqual([]);
  expect(answers).toHaveLength(2);
});

it('says nothing where nobody can tell', async () => {
  const { host, user } = await open(view, 'models');
  host.refusals.set('draftCheck', refusal({}));
  await user.clear(screen.getByTestId(ROW));
  await user.type(screen.getByTestId(ROW), '9{Enter}');
  await settle();
  expect(screen.queryByText(/new problem/)).not.toBeInTheDocument();
});
