// Starts the window: finds the host, then draws the app on it.
import './style.css';

import { mount } from 'svelte';

import App from './App.svelte';
import type { Host } from './host';
import { tauriHost } from './host.tauri';

async function findHost(): Promise<Host> {
  if (__FAKE_HOST__ && !('__TAURI_INTERNALS__' in window)) return (await import('./host.fake')).browserHost();
  return tauriHost;
}

const target = document.getElementById('app');
if (target) mount(App, { target, props: { host: await findHost() } });
