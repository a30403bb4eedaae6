import { expect, test } from "vitest";
import { brief, judge } from "../src/index.ts";
import { verify } from "../src/node/index.ts";

test("a card that is not there fails, and the others still run", async () => {
  const seen: string[] = [];
  const { cards } = await verify(["math/none", "math/svd"], {
    workers: 1,
    onResult: (card) => seen.push(card.id),
  });
  expect(seen).toEqual(["math/none", "math/svd"]);
  expect(cards[0]).toMatchObject({ id: "math/none", ok: false, checks: [] });
  expect(cards[0]!.error).toBeTruthy();
  expect(cards[1]).toMatchObject({ id: "math/svd", ok: true });
});

test("a card that takes too long fails", async () => {
  const { cards } = await verify(["math/svd", "math/eigh"], { workers: 1, timeoutMs: 0 });
  for (const card of cards) expect(card.error).toMatch(/took longer than 0 s/);
});

test("aborting stops the run", async () => {
  const controller = new AbortController();
  const run = verify(["math/svd", "math/eigh", "math/newton"], {
    workers: 1,
    signal: controller.signal,
    onResult: () => controller.abort(),
  });
  await expect(run).rejects.toThrow(/abort/i);
});

test("expectations judge as they read", () => {
  expect(judge(1.0005, { equals: 1, within: 1e-3 })).toEqual({ ok: true, expected: "= 1 ± 0.001" });
  expect(judge(1.002, { equals: 1, within: 1e-3 }).ok).toBe(false);
  expect(judge(99, { equals: 100, relative: 0.02 })).toEqual({ ok: true, expected: "= 100 ± 2 %" });
  expect(judge(Number.NaN, { atMost: 3 }).ok).toBe(false);
  expect(judge(Number.NaN, { equals: Number.NaN }).ok).toBe(false);
  expect(judge(3, { below: 3 }).ok).toBe(false);
  expect(judge(3, { atMost: 3 }).ok).toBe(true);
  expect(judge(2, { between: [1, 2] })).toEqual({ ok: true, expected: "1 to 2" });
  expect(judge("a", { equals: "a" }).ok).toBe(true);
  expect(judge(true, { equals: false }).ok).toBe(false);
  expect(judge("1", { atLeast: 0 }).ok).toBe(false);
});

test("numbers are written for readers", () => {
  expect(
    [0, 12, 1234567, 0.123456, 1e-9, 2.5e12, -3.25e-7, Number.POSITIVE_INFINITY, Number.NaN].map(brief),
  ).toEqual(["0", "12", "1234567", "0.1235", "10⁻⁹", "2.5·10¹²", "−3.25·10⁻⁷", "∞", "not a number"]);
});
