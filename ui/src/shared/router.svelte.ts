// Which page is open, and what on it.
import type { Page } from '../generated/Page';
import type { Show } from '../generated/Show';

export class Router {
  page = $state.raw<Page>('status');
  /** The page that Review was opened from, and goes back to. */
  origin = $state.raw<Page>('status');
  /** The provider whose form is open. */
  provider = $state.raw<string | null>(null);
  /** The backup to look at first. */
  backup = $state.raw<string | null>(null);
  /** The moment whose row History is to point at, until it has. */
  moment = $state.raw<number | null>(null);

  go(page: Page): void {
    if (page === 'review' && this.page !== 'review') this.origin = this.page;
    this.page = page;
  }

  back(): void {
    this.go(this.origin);
  }

  follow(show: Show): void {
    if (show.provider !== null) this.provider = show.provider;
    this.backup = show.backup;
    this.moment = show.moment;
    this.go(show.page);
  }

  showBackup(name: string): void {
    this.backup = name;
    this.go('backups');
  }
}
