// The host inside the app. The only file that knows Tauri.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Show } from './generated/Show';
import type { View } from './generated/View';
import type { AnswerTo, Args, CallName, Host, Stop } from './host';

function on<T>(event: string, tell: (payload: T) => void): Stop {
  const listening = listen<T>(event, ({ payload }) => tell(payload));
  return () => void listening.then(stop => stop());
}

async function send<N extends CallName>(call: N, ...[args]: Args<N>): Promise<AnswerTo<N>> {
  const { answer } = await invoke<{ answer: AnswerTo<N> }>('call', { message: JSON.stringify({ call, args }) });
  return answer;
}

export const tauriHost: Host = {
  send,
  onView: tell => on<View>('view', tell),
  onShow: tell => on<Show>('show', tell),
};
