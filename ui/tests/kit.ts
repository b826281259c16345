// Puts the whole window on a fake host, as a person would meet it.
import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';

import App from '../src/App.svelte';
import type { Change } from '../src/generated/Change';
import type { Page } from '../src/generated/Page';
import type { Refusal } from '../src/generated/Refusal';
import type { View } from '../src/generated/View';
import type { CallName } from '../src/host';
import { FakeHost } from '../src/host.fake';

export async function open(view: View, page: Page = 'status', draft: Change[] = []) {
  const host = new FakeHost(view, { page, draft, provider: null, backup: null, moment: null });
  const user = userEvent.setup({ advanceTimers: ms => void vi.advanceTimersByTime(ms) });
  const window = render(App, { host });
  await settle();
  return { host, user, ...window };
}

/** Lets promises and effects run out, without any time passing. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

export const asked = (host: FakeHost, call: CallName) => host.asked.filter(([name]) => name === call);

export function refusal(over: Partial<Refusal>): Refusal {
  return { code: 'internal', message: 'it went wrong', hint: null, conflicts: [], ...over };
}
