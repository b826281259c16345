// Keeps the focus in the page when what had it is gone: a keyboard would start anew at the top of the window.
import { tick } from 'svelte';

/** To the first of these that is there, else to the title of the page. What has the focus by then keeps it. */
export async function keepFocus(...wanted: (Element | null)[]): Promise<void> {
  await tick();
  const { activeElement, body } = document;
  if (activeElement !== null && activeElement !== body) return;
  const title = document.querySelector('main h1');
  title?.setAttribute('tabindex', '-1');
  const to = [...wanted, title].find(it => it instanceof HTMLElement && it.isConnected);
  if (to instanceof HTMLElement) to.focus({ preventScroll: true });
}
