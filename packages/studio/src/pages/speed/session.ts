/** A speed run: which items, and how one is doing against the clock. Pure, so that tests can run it. */
export const SECONDS_AN_ITEM = 60;

/** In random order, those missed lately and never known tending to come first. */
export function shuffled<I extends { readonly id: string }>(
  items: readonly I[],
  weak: (id: string) => boolean,
  random: () => number,
): I[] {
  const keyed = items.map((item) => ({ item, key: random() - (weak(item.id) ? 0.5 : 0) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** At most one item a minute. */
export const draw = <I extends { readonly id: string }>(
  items: readonly I[],
  minutes: number,
  weak: (id: string) => boolean,
  random: () => number,
): I[] => shuffled(items, weak, random).slice(0, Math.round((minutes * 60) / SECONDS_AN_ITEM));

export interface Pace {
  /** Seconds left of this item's time. */
  readonly left: number;
  /** Items behind the clock; negative when ahead. */
  readonly behind: number;
}

/** `answered` items in `elapsed` seconds, this one shown for `shown`, `each` being planned for one. */
export const pace = (answered: number, elapsed: number, shown: number, each = SECONDS_AN_ITEM): Pace => ({
  left: Math.max(0, each - shown),
  behind: Math.floor(elapsed / each) - answered,
});
