import { argumentError, requireList, shapeError, valueError } from "../errors.ts";

/** A list of numbers: an array or a typed array. */
export type NumberList = ArrayLike<number>;

/** Refuses lists shorter than `atLeast` and entries that are not finite. */
export function checkList(x: NumberList, where: string, argument: string, atLeast = 1): void {
  requireList(where, argument, x);
  if (x.length < atLeast) {
    throw shapeError(where, argument, `has ${x.length} entries`, `${atLeast} or more`);
  }
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]!)) throw valueError(where, argument, `holds ${x[i]} at index ${i}`);
  }
}

export function checkSameLength(x: NumberList, y: NumberList, where: string, argument: string): void {
  if (x.length !== y.length) {
    throw shapeError(where, argument, `has ${y.length} entries`, `${x.length} (as the first list)`);
  }
}

export function checkLevel(level: number, where: string, argument = "level"): number {
  if (!(level > 0 && level < 1)) throw argumentError(where, argument, level, "a number in (0, 1)");
  return level;
}

/** Neumaier's compensated sum of `f(i)`, i < n: error independent of n. */
export function sumOf(n: number, f: (i: number) => number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < n; i++) {
    const v = f(i);
    const next = sum + v;
    lost += Math.abs(sum) >= Math.abs(v) ? sum - next + v : v - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}
