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
import type { DraftCheck } from './generated/DraftCheck';
import type { Finding } from './generated/Finding';
import type { Found } from './generated/Found';
import type { Job } from './generated/Job';
import type { HistoryView } from './generated/HistoryView';
import type { ListedModel } from './generated/ListedModel';
import type { Place } from './generated/Place';
import type { Page } from './generated/Page';
import type { Range } from './generated/Range';
import type { Refusal } from './generated/Refusal';
import type { Review } from './generated/Review';
import type { Settings } from './generated/Settings';
import type { Show } from './generated/Show';
import type { Stretch } from './generated/Stretch';
import type { UrlAnswer } from './generated/UrlAnswer';
import type { View } from './generated/View';
import type { Format, Host, Stop } from './host';

export type Asked = readonly [method: string, ...args: unknown[]];

export class FakeHost implements Host {
  readonly asked: Asked[] = [];
  /** The next call of a method is refused with this. */
  readonly refusals = new Map<string, Refusal>();
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

  #view: View;
  readonly #show: Show;
  readonly #views = new Set<(view: View) => void>();
  readonly #shows = new Set<(show: Show) => void>();

  constructor(view: View, show: Show = { page: 'status', draft: [], provider: null, backup: null, moment: null }) {
    this.#view = view;
    this.#show = show;
  }

  /** The world moves on. */
  send(view: View): void {
    this.#view = view;
    this.#views.forEach(tell => tell(view));
  }

  sendShow(show: Show): void {
    this.#shows.forEach(tell => tell(show));
  }

  async #take(method: string, ...args: unknown[]): Promise<void> {
    this.asked.push([method, ...args]);
    await this.#refuse(method);
  }

  async #refuse(method: string): Promise<void> {
    const refusal = this.refusals.get(method);
    if (!refusal) return;
    this.refusals.delete(method);
    throw refusal;
  }

  async view(): Promise<View> {
    await this.#refuse('view');
    return this.#view;
  }

  onView(tell: (view: View) => void): Stop {
    this.#views.add(tell);
    return () => this.#views.delete(tell);
  }

  async show(): Promise<Show> {
    return this.#show;
  }

  onShow(tell: (show: Show) => void): Stop {
    this.#shows.add(tell);
    return () => this.#shows.delete(tell);
  }

  async review(changes: readonly Change[]): Promise<Review> {
    await this.#take('review', changes);
    return this.makeReview(this.#view, changes);
  }

  async draftCheck(changes: readonly Change[]): Promise<DraftCheck> {
    await this.#refuse('draftCheck');
    return demoCheck(this.#view, changes, this.makeFindings(changes));
  }

  save(changes: readonly Change[], base: string): Promise<void> {
    return this.#take('save', changes, base);
  }

  undo(): Promise<void> {
    return this.#take('undo');
  }

  async reveal(at: Place): Promise<string> {
    await this.#take('reveal', at);
    return this.key;
  }

  async referrers(provider: string, model: string | null): Promise<string[]> {
    await this.#take('referrers', provider, model);
    return this.namedIn;
  }

  async backups(): Promise<BackupView[]> {
    await this.#take('backups');
    return this.kept;
  }

  async backupReview(name: string): Promise<Review> {
    await this.#take('backupReview', name);
    return { ...this.makeReview(this.#view, DEMO_DRAFT), sentences: [] };
  }

  restore(name: string, base: string): Promise<void> {
    return this.#take('restore', name, base);
  }

  checkNow(provider: string | null): Promise<void> {
    return this.#take('checkNow', provider);
  }

  beginJob(provider: string, model: string, job: Job): Promise<void> {
    return this.#take('beginJob', provider, model, job);
  }

  trust(provider: string, fingerprint: string): Promise<void> {
    return this.#take('trust', provider, fingerprint);
  }

  forget(origin: string): Promise<void> {
    return this.#take('forget', origin);
  }

  cancelJob(provider: string): Promise<void> {
    return this.#take('cancelJob', provider);
  }

  pause(pause: 'hour' | 'tomorrow' | null): Promise<void> {
    return this.#take('pause', pause);
  }

  async tryUrl(provider: string | null, baseUrl: string): Promise<UrlAnswer> {
    await this.#take('tryUrl', provider, baseUrl);
    return this.answer;
  }

  async discover(): Promise<Found[]> {
    await this.#take('discover');
    return this.found;
  }

  async listModels(provider: string | null, baseUrl: string): Promise<ListedModel[]> {
    await this.#take('listModels', provider, baseUrl);
    return this.listed;
  }

  async set(values: Settings): Promise<void> {
    await this.#take('set', values);
    this.send({ ...this.#view, settings: { ...this.#view.settings, values } });
  }

  async autostart(): Promise<boolean> {
    return this.starts;
  }

  async setAutostart(on: boolean): Promise<void> {
    await this.#take('setAutostart', on);
    this.starts = on;
  }

  async history(): Promise<HistoryView> {
    await this.#take('history');
    return this.past;
  }

  async uptime(range: Range): Promise<Stretch[]> {
    await this.#take('uptime', range);
    const slots = { week: 84, quarter: 90 }[range];
    return this.#view.boxes.map(({ provider, baseUrl, day }) => {
      const strip = Array.from({ length: slots }, (_, i) => (i < slots / 3 ? null : i % 29 === 17 ? 84 : 100));
      const uptime = range === 'week' ? 'up 99.4 %' : 'up 98.9 %';
      const pace = day.pace === null ? null : 'Its answers took 41 ms on average, 812 ms at most';
      return { provider, baseUrl, day: { strip, uptime, pace } };
    });
  }

  async exportHistory(format: Format): Promise<string> {
    await this.#take('exportHistory', format);
    return `/home/me/Downloads/pilotlight-history-2026-11-23.${format}`;
  }

  openConfig(): Promise<void> {
    return this.#take('openConfig');
  }
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
    host.refusals.set('set', { code: 'invalid', message: why, hint: null, conflicts: [] });
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
