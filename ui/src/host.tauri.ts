// The host inside the app: each method is one Tauri command. The only file that knows Tauri.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Show } from './generated/Show';
import type { View } from './generated/View';
import type { Host, Stop } from './host';

function on<T>(event: string, tell: (payload: T) => void): Stop {
  const listening = listen<T>(event, ({ payload }) => tell(payload));
  return () => void listening.then(stop => stop());
}

export const tauriHost: Host = {
  view: () => invoke('view'),
  onView: tell => on<View>('view', tell),
  show: () => invoke('show'),
  onShow: tell => on<Show>('show', tell),
  review: changes => invoke('review', { changes }),
  draftCheck: changes => invoke('draft_check', { changes }),
  save: (changes, base) => invoke('save', { changes, base }),
  undo: () => invoke('undo'),
  reveal: at => invoke('reveal', { at }),
  referrers: (provider, model) => invoke('referrers', { provider, model }),
  backups: () => invoke('backups'),
  backupReview: name => invoke('backup_review', { name }),
  restore: (name, base) => invoke('restore', { name, base }),
  beginJob: (provider, model, job) => invoke('begin_job', { provider, model, job }),
  trust: (provider, fingerprint) => invoke('trust', { provider, fingerprint }),
  forget: origin => invoke('forget', { origin }),
  cancelJob: provider => invoke('cancel_job', { provider }),
  checkNow: provider => invoke('check_now', { provider }),
  pause: pause => invoke('pause', { pause }),
  tryUrl: (provider, baseUrl) => invoke('try_url', { provider, baseUrl }),
  discover: () => invoke('discover'),
  listModels: (provider, baseUrl) => invoke('list_models', { provider, baseUrl }),
  set: values => invoke('set', { values }),
  autostart: () => invoke('autostart'),
  setAutostart: on => invoke('set_autostart', { on }),
  history: () => invoke('history'),
  uptime: range => invoke('uptime', { range }),
  exportHistory: format => invoke('export_history', { format }),
  openConfig: () => invoke('open_config'),
};
