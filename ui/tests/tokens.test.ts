// Numbers as people type them.
import { readSeconds, readTokens, tokens } from '../src/shared/reading';
import { place } from '../src/shared/describe';
import { inOrderOf, keysOf, landing, move } from '../src/route/reorder';

describe('tokens', () => {
  it.each([
    ['32768', 32_768],
    ['32,768', 32_768],
    ['1,000,000', 1_000_000],
    [' 8192 ', 8_192],
    ['32k', 32_000],
    ['32 K', 32_000],
    ['1.5m', 1_500_000],
    ['', null],
    ['   ', null],
  ])('reads %j as %j', (text, value) => {
    expect(readTokens(text)).toEqual({ ok: true, value });
  });

  it.each(['a lot', '32,76', '3,2768', '-1', '0', '1e5', '32kk', '12.5', '0x10', '99999999999999999999'])(
    'refuses %j',
    text => {
      expect(readTokens(text).ok).toBe(false);
    },
  );

  it('writes groups of three', () => {
    expect(tokens(196_608)).toBe('196,608');
  });
});

describe('seconds', () => {
  it.each([
    ['300', 300],
    ['300 s', 300],
    ['5 min', 300],
    ['', null],
    ['none', null],
  ])('reads %j as %j', (text, value) => {
    expect(readSeconds(text)).toEqual({ ok: true, value });
  });

  it.each(['soon', '1.5', '0', '-3'])('refuses %j', text => {
    expect(readSeconds(text).ok).toBe(false);
  });
});

describe('a chain', () => {
  it('moves a member, and stops at the ends', () => {
    expect(move(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(move(['a', 'b', 'c'], 0, 9)).toEqual(['b', 'c', 'a']);
    expect(move(['a', 'b', 'c'], 7, 0)).toEqual(['a', 'b', 'c']);
  });

  it('takes another order and keeps strangers at the end', () => {
    expect(inOrderOf(['c', 'a'], ['a', 'x', 'c'])).toEqual(['c', 'a', 'x']);
  });

  it('lands where the pointer is', () => {
    const middles = [10, 30, 50];
    expect(landing(middles, 0, 5)).toBe(0);
    expect(landing(middles, 0, 40)).toBe(1);
    expect(landing(middles, 0, 99)).toBe(2);
    expect(landing(middles, 2, 5)).toBe(0);
  });

  it('names places and tells twins apart', () => {
    expect([0, 1, 2, 3, 4, 11, 21].map(place)).toEqual([
      'Primary',
      '1st fallback',
      '2nd fallback',
      '3rd fallback',
      '4th fallback',
      '11th fallback',
      '21st fallback',
    ]);
    expect(new Set(keysOf(['a', 'a', 'b'])).size).toBe(3);
  });
});
