/** Thresholds for rounded comparisons, against the comparisons themselves. */
import { expect, test } from "vitest";
import { randomStream } from "../math/index.ts";
import { floor32, roundedAtMost, roundedBelow } from "./float32.ts";

const next64 = (x: number, up: boolean): number => {
  const f = Float64Array.of(x);
  const i = new BigInt64Array(f.buffer);
  if (x === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  i[0] = i[0]! + (x > 0 === up ? 1n : -1n);
  return f[0]!;
};

const random = randomStream(1);
const some = [0, -0, 0.1, -0.1, 1, -1, 2 ** -149, -(2 ** -149), 2 ** -126, 1e-40, 3.4e38, -3.4e38, 16777217];
for (let i = 0; i < 300; i++) some.push(random.normal() * 10 ** (random.int(20) - 10));

test.each([
  ["roundedBelow", roundedBelow, (v: number, t: number) => Math.fround(v) < Math.fround(t)],
  ["roundedAtMost", roundedAtMost, (v: number, t: number) => Math.fround(v) <= t],
] as const)("%s is the last number that passes", (_, find, passes) => {
  for (const t of some) {
    const last = find(t);
    expect(passes(last, t), `${t}`).toBe(true);
    expect(passes(next64(last, true), t), `${t}`).toBe(false);
  }
});

test("floor32 is the largest float32 at most as large", () => {
  for (const t of some) {
    expect(floor32(t)).toBeLessThanOrEqual(t);
    expect(Math.fround(floor32(t))).toBe(floor32(t));
    expect(t - floor32(t)).toBeLessThanOrEqual(Math.max(2 ** -149, Math.abs(t) * 2 ** -23));
  }
});

test("infinite thresholds keep their meaning", () => {
  expect(roundedAtMost(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(Math.fround(roundedBelow(Number.POSITIVE_INFINITY))).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(roundedBelow(Number.POSITIVE_INFINITY)).toBeGreaterThan(3.4028234e38);
});
