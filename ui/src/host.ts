// What the window asks of the program behind it. Everything else in ui/ knows this interface and no more, so that the same window
// runs in the app, in a plain browser and in tests.
import type { BackupView } from './generated/BackupView';
import type { Change } from './generated/Change';
import type { DraftCheck } from './generated/DraftCheck';
import type { Found } from './generated/Found';
import type { Job } from './generated/Job';
import type { HistoryView } from './generated/HistoryView';
import type { ListedModel } from './generated/ListedModel';
import type { Place } from './generated/Place';
import type { Pause } from './generated/Pause';
import type { Range } from './generated/Range';
import type { Refusal } from './generated/Refusal';
import type { Review } from './generated/Review';
import type { Settings } from './generated/Settings';
import type { Show } from './generated/Show';
import type { Stretch } from './generated/Stretch';
import type { UrlAnswer } from './generated/UrlAnswer';
import type { View } from './generated/View';

export type Stop = () => void;
export type Format = 'csv' | 'json';

/** A promise that a method returns is rejected with a `Refusal`. */
export interface Host {
  view(): Promise<View>;
  onView(tell: (view: View) => void): Stop;
  /** Which page to open with, and changes to put into the draft. */
  show(): Promise<Show>;
  onShow(tell: (show: Show) => void): Stop;
  review(changes: readonly Change[]): Promise<Review>;
  /** The changes in words, and what they would newly break. */
  draftCheck(changes: readonly Change[]): Promise<DraftCheck>;
  /** `base` names the text that the review was made from. */
  save(changes: readonly Change[], base: string): Promise<void>;
  /** Takes the last save back. */
  undo(): Promise<void>;
  /** A secret that is written out in the file. */
  reveal(at: Place): Promise<string>;
  /** Each place of the file that names a provider, or one model of it. */
  referrers(provider: string, model: string | null): Promise<string[]>;
  /** The texts before each write, the newest first. */
  backups(): Promise<BackupView[]>;
  backupReview(name: string): Promise<Review>;
  /** `base` names the text that the backup was compared with. */
  restore(name: string, base: string): Promise<void>;
  /** Probes one server now, or all of them. */
  checkNow(provider: string | null): Promise<void>;
  /** Has a server work at a model, since the person pressed the button. */
  beginJob(provider: string, model: string, job: Job): Promise<void>;
  cancelJob(provider: string): Promise<void>;
  /** Takes the certificate of this fingerprint, which the person compared. */
  trust(provider: string, fingerprint: string): Promise<void>;
  /** Takes no longer what was trusted at this origin. */
  forget(origin: string): Promise<void>;
  /** Holds notifications back; `null` resumes. */
  pause(pause: Pause | null): Promise<void>;
  /** Asks an address that is being typed who answers there. */
  tryUrl(provider: string | null, baseUrl: string): Promise<UrlAnswer>;
  /** The model servers on this machine's well-known ports. Takes up to some three seconds. */
  discover(): Promise<Found[]>;
  /** All that a server lists, to add from; `provider` lends its key if it is configured for that address. */
  listModels(provider: string | null, baseUrl: string): Promise<ListedModel[]>;
  /** The app's own settings, all of them; they hold at once. */
  set(values: Settings): Promise<void>;
  autostart(): Promise<boolean>;
  setAutostart(on: boolean): Promise<void>;
  history(): Promise<HistoryView>;
  /** How each box fared over weeks. */
  uptime(range: Range): Promise<Stretch[]>;
  /** Writes the whole history to a file, and says which. */
  exportHistory(format: Format): Promise<string>;
  openConfig(): Promise<void>;
}

function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** Whatever a promise was rejected with, as something that can be shown. */
export function asRefusal(error: unknown): Refusal {
  if (isRefusal(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: null, conflicts: [] };
}
