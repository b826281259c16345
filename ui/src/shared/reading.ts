// Numbers as people type and read them: `196,608`, `32k`. Reading is strict, so that a slip never becomes a limit in the file.

const grouped = new Intl.NumberFormat('en-US');

export function tokens(n: number): string {
  return grouped.format(n);
}

/** What a typed text means, or why it means nothing. */
export type Reading<T> = { ok: true; value: T } | { ok: false; why: string };

const PLAIN = /^\d+$/;
const GROUPED = /^\d{1,3}([, _]\d{3})+$/;
const SHORT = /^(\d+(?:\.\d+)?)\s*([km])$/i;

/**
 * Reads `32768`, `32,768`, `32k` (= 32,000) or `1.5m`; nothing at all means "not in the file".
 * `k` is a thousand, as it is wherever this window writes it: the smaller of the two readings never promises more than a server has.
 */
export function readTokens(text: string): Reading<number | null> {
  const typed = text.trim();
  if (typed === '') return { ok: true, value: null };
  const short = SHORT.exec(typed);
  let value: number;
  if (short) value = Math.round(Number(short[1]) * (short[2]?.toLowerCase() === 'k' ? 1_000 : 1_000_000));
  else if (PLAIN.test(typed) || GROUPED.test(typed)) value = Number(typed.replace(/[, _]/g, ''));
  else return { ok: false, why: 'Not a number of tokens. Try 32,768 or 32k.' };
  if (value < 1) return { ok: false, why: 'At least 1; leave it empty to take it out of the file.' };
  if (!Number.isSafeInteger(value)) return { ok: false, why: 'That is more than any model takes.' };
  return { ok: true, value };
}

/** Reads a price in dollars for a million tokens: `0.27`, `$3`. */
export function readPrice(text: string): Reading<number | null> {
  const typed = text.trim().replace(/^\$\s*/, '');
  if (typed === '') return { ok: true, value: null };
  if (!/^\d{1,6}(\.\d+)?$/.test(typed)) return { ok: false, why: 'Not a price in dollars. Try 0.27.' };
  return { ok: true, value: Number(typed) };
}

/** Reads a time-out: whole seconds, with or without an `s`; `5 min` is taken too. */
export function readSeconds(text: string): Reading<number | null> {
  const typed = text.trim().toLowerCase();
  if (typed === '' || typed === 'none') return { ok: true, value: null };
  const found = /^(\d{1,7})\s*(s|sec|min|m)?$/.exec(typed);
  if (!found) return { ok: false, why: 'Not a number of seconds. Try 300.' };
  const value = Number(found[1]) * (found[2]?.startsWith('m') ? 60 : 1);
  if (value < 1) return { ok: false, why: 'At least 1 second; leave it empty to take it out of the file.' };
  return { ok: true, value };
}

/** A number of any sort. */
export function readNumber(text: string): Reading<number | null> {
  const typed = text.trim();
  if (typed === '') return { ok: true, value: null };
  const value = Number(GROUPED.test(typed) ? typed.replace(/[, _]/g, '') : typed);
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, why: 'Not a number.' };
}

/** Texts, parted by commas. */
export function readTexts(text: string): Reading<string[] | null> {
  const texts = text
    .split(',')
    .map(it => it.trim())
    .filter(it => it !== '');
  return { ok: true, value: texts.length === 0 ? null : texts };
}

export function readJson(text: string): Reading<unknown> {
  const typed = text.trim();
  if (typed === '') return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(typed) as unknown };
  } catch {
    return { ok: false, why: 'Not JSON. Keys and texts need straight double quotes.' };
  }
}
