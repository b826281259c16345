// Moving the members of a chain. Pure, so that mouse and keyboard share one truth.

export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const at = Math.max(0, Math.min(list.length - 1, to));
  const item = list[from];
  if (item === undefined || at === from) return [...list];
  return list.toSpliced(from, 1).toSpliced(at, 0, item);
}

/** `list` in the order of `wanted`; members that it does not name keep their order at the end. */
export function inOrderOf(wanted: readonly string[], list: readonly string[]): string[] {
  const place = (ref: string): number => {
    const at = wanted.indexOf(ref);
    return at < 0 ? wanted.length : at;
  };
  return [...list].sort((a, b) => place(a) - place(b));
}

/** Where a row that is dragged to height `y` would land, given the middles of the rows. */
export function landing(middles: readonly number[], from: number, y: number): number {
  const above = middles.filter((middle, i) => i !== from && middle < y).length;
  return above;
}

/** A key for each member that stays with it when it moves, also when a ref is there twice. */
export function keysOf(list: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return list.map(ref => {
    const times = seen.get(ref) ?? 0;
    seen.set(ref, times + 1);
    return `${ref} ${times}`;
  });
}
