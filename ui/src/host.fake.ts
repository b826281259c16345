// A host for a plain browser and for tests: plays a fixture, remembers what it was asked, and can be told to refuse.
import { ofModel, set } from './draft/change';
import { CROWD, FIXTURES } from './fixtures';
import { BACKUPS } from './fixtures/backups';
import { FOUND } from './fixtures/found';
import { HISTORY, NO_HISTORY } from './fixtures/history';
import { demoCheck, demoFindings, demoReview } from './fixtures/review';
import { SNAPSHOTS } from './fixtures/snapshots';
import type { BackupView } from './generated/BackupView';
import type { Change } from './generated/Change';
import type { Finding } from './generated/Finding';
import type { Found } from './generated/Found';
import type { HistoryView } from './generated/HistoryView';
import type { ListedModel } from './generated/ListedModel';
import type { Page } from './generated/Page';
import type { Range } from './generated/Range';
import type { Refusal } from './generated/Refusal';
import type { Review } from './generated/Review';
import type { Show } from './generated/Show';
import type { UrlAnswer } from './generated/UrlAnswer';
import type { Stretch } from './generated/Stretch';
import type { View } from './generated/View';
import type { AnswerTo, Args, CallName, Host, Stop } from './host';

/** A call by name, with its arguments in the order of the list. */
export type Asked = readonly [call: CallName, ...args: unknown[]];

type Answering<N extends CallName> = (...args: Args<N>) => AnswerTo<N> | Promise<AnswerTo<N>>;
type Silent = { [N in CallName]: AnswerTo<N> extends null ? N : never }[CallName];
/** A call that is answered with nothing may be left out. */
type Answers = { [N in Exclude<CallName, Silent>]: Answering<N> } & { [N in Silent]?: Answering<N> };

/** What the window asks by itself, so that no test has to skip it. */
const UNASKED: readonly CallName[] = ['view', 'show', 'draftCheck', 'autostart'];

export class FakeHost implements Host {
  readonly asked: Asked[] = [];
  /** The next call of this name is refused with this. */
  readonly refusals = new Map<CallName, Refusal>();
  answer: UrlAnswer = { mark: { shape: 'ok', text: 'answers in 12 ms' }, facts: ['llama.cpp', 'lists 1 model'] };
  found: Found[] = FOUND;
  listed: ListedModel[] = FOUND[0]?.models ?? [];
  key = 'sk-local-fixture-key';
  namedIn = ['agents.defaults.model.primary', 'agents.defaults.models.lmstudio/my-local-model'];
  kept: BackupView[] = BACKUPS;
  starts = false;
  past: HistoryView = HISTORY;
  /** What a draft would break. */
  makeFindings: (changes: readonly Change[]) => Finding[] = demoFindings;
  makeReview: (view: View, changes: readonly Change[]) => Review = demoReview;

  readonly answers: Answers = {
    view: () => this.#view,
    show: () => this.#show,
    review: ({ changes }) => this.makeReview(this.#view, changes),
    draftCheck: ({ changes }) => demoCheck(this.#view, changes, this.makeFindings(changes)),
    reveal: () => this.key,
    referrers: () => this.namedIn,
    backups: () => this.kept,
    backupReview: () => ({ ...this.makeReview(this.#view, DEMO_DRAFT), sentences: [] }),
    tryUrl: () => this.answer,
    discover: () => this.found,
    listModels: () => this.listed,
    history: () => this.past,
    uptime: ({ range }) => stretches(this.#view, range),
    exportHistory: ({ format }) => `/home/me/Downloads/pilotlight-history-2026-11-23.${format}`,
    setSettings: ({ values }) => {
      this.push({ ...this.#view, settings: { ...this.#view.settings, values } });
      return null;
    },
    autostart: () => this.starts,
    setAutostart: ({ on }) => {
      this.starts = on;
      return null;
    },
  };

  #view: View;
  readonly #show: Show;
  readonly #views = new Set<(view: View) => void>();
  readonly #shows = new Set<(show: Show) => void>();

  constructor(view: View, show: Show = { page: 'status', draft: [], provider: null, backup: null, moment: null }) {
    this.#view = view;
    this.#show = show;
  }

  async send<N extends CallName>(call: N, ...args: Args<N>): Promise<AnswerTo<N>> {
    if (!UNASKED.includes(call)) this.asked.push([call, ...args.flatMap(it => Object.values(it))]);
    const refusal = this.refusals.get(call);
    if (refusal) {
      this.refusals.delete(call);
      throw refusal;
    }
    const answer = this.answers[call] as Answering<N> | undefined;
    return answer ? answer(...args) : (null as AnswerTo<N>);
  }

  /** The world moves on. */
  push(view: View): void {
    this.#view = view;
    this.#views.forEach(tell => tell(view));
  }

  pushShow(show: Show): void {
    this.#shows.forEach(tell => tell(show));
  }

  onView(tell: (view: View) => void): Stop {
    this.#views.add(tell);
    return () => this.#views.delete(tell);
  }

  onShow(tell: (show: Show) => void): Stop {
    this.#shows.add(tell);
    return () => this.#shows.delete(tell);
  }
}

function stretches(view: View, range: Range): Stretch[] {
  const slots = { week: 84, quarter: 90 }[range];
  return view.boxes.map(({ provider, baseUrl, day }) => {
    const strip = Array.from({ length: slots }, (_, i) => (i < slots / 3 ? null : i % 29 === 17 ? 84 : 100));
    const uptime = range === 'week' ? 'up 99.4 %' : 'up 98.9 %';
    const pace = day.pace === null ? null : 'Its answers took 41 ms on average, 812 ms at most';
    return { provider, baseUrl, day: { strip, uptime, pace } };
  });
}

const DEMO_DRAFT: Change[] = [
  set(ofModel('lmstudio', 'my-local-model', 'contextWindow'), 196_608, 32_768),
  {
    kind: 'route',
    agent: null,
    was: FIXTURES.attention.routes[0]?.written ?? [],
    to: ['lmstudio/my-local-model', 'anthropic/claude-sonnet-4-6', 'anthropic/claude-opus-4-6', 'rig/glm-5-air-awq'],
  },
];

/** The dark tokens hold always, whatever the browser prefers. */
function forceDark(): void {
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSMediaRule && rule.media.mediaText.includes('prefers-color-scheme: dark')) {
        rule.media.mediaText = 'all';
      }
    }
  }
  document.documentElement.style.colorScheme = 'dark';
}

/** Reads `?fixture=fallback&page=models&dark&draft&clash` from the address. */
export function browserHost(): Host {
  const asked = new URLSearchParams(location.search);
  if (asked.has('dark')) forceDark();
  const name = asked.get('fixture') ?? 'attention';
  const views: Readonly<Record<string, View>> = { ...FIXTURES, ...SNAPSHOTS, crowd: CROWD };
  const view = views[name] ?? FIXTURES.attention;
  const host = new FakeHost(view, {
    page: (asked.get('page') ?? 'status') as Page,
    draft: asked.has('draft') ? DEMO_DRAFT : [],
    provider: asked.get('provider'),
    backup: asked.get('backup'),
    moment: asked.has('moment') ? Number(asked.get('moment')) : null,
  });
  if (asked.has('parted')) host.kept = BACKUPS.map((it, i) => (i === 1 ? { ...it, file: 'models/local.json5' } : it));
  if (asked.has('nothing')) host.past = NO_HISTORY;
  if (asked.has('refuse')) {
    const why = 'probeSeconds is 0; it should be from 1 to 3600';
    host.refusals.set('setSettings', { code: 'invalid', message: why, hint: null, conflicts: [] });
    const message = "the history in /home/me/.local/state/pilotlight/history.db can't be read: disk I/O error";
    host.refusals.set('history', { code: 'file', message, hint: null, conflicts: [] });
  }
  if (asked.has('clash')) {
    const conflicts = [{ change: 0, what: 'Local: context', theirs: '65,536', yours: '32,768' }];
    host.refusals.set('save', {
      code: 'conflict',
      message: 'the file says something else by now',
      hint: null,
      conflicts,
    });
  }
  return host;
}
