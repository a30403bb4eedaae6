import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Matrix } from "../../math/index.ts";
import { rocAuc } from "../../metrics/index.ts";
import {
  makeFraud,
  makeFriedman2,
  makeFriedman3,
  makeRegimes,
  makeSCurve,
  makeSwissRoll,
  quantile,
} from "../index.ts";
import { friedman2Signal, friedman3Signal } from "./regression.ts";
import { sCurvePoint, spiralLength, swissRollPoint } from "./surfaces.ts";

interface Points {
  readonly X: number[][];
  readonly y: number[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/generators.json", import.meta.url), "utf8"),
) as Record<"friedman2" | "friedman3" | "swissRoll" | "sCurve", Points> & {
  deciles: Record<"friedman" | "swissRoll" | "hole" | "sCurve", number[][]>;
};
const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / v.length;
const sdOf = (v: ArrayLike<number>) => {
  const m = mean(v);
  return Math.sqrt(mean(Array.from(v, (x) => (x - m) ** 2)));
};

describe("the functions are scikit-learn's", () => {
  test("at its points", () => {
    golden.friedman2.X.forEach((x, i) => {
      expect(friedman2Signal(x)).toBeCloseTo(golden.friedman2.y[i]!, 9);
    });
    golden.friedman3.X.forEach((x, i) => {
      expect(friedman3Signal(x)).toBeCloseTo(golden.friedman3.y[i]!, 12);
    });
    for (const [name, point] of [
      ["swissRoll", swissRollPoint],
      ["sCurve", sCurvePoint],
    ] as const)
      golden[name].X.forEach((x, i) => {
        point(golden[name].y[i]!, x[1]!).forEach((v, c) => {
          expect(v).toBeCloseTo(x[c]!, 12);
        });
      });
  });

  test.each([
    ["friedman", (n: number) => makeFriedman2({ nSamples: n, seed: 1 }).X],
    ["friedman", (n: number) => makeFriedman3({ nSamples: n, seed: 2 }).X],
    ["swissRoll", (n: number) => makeSwissRoll({ nSamples: n, seed: 3 }).X],
    ["hole", (n: number) => makeSwissRoll({ nSamples: n, hole: true, seed: 4 }).X],
    ["sCurve", (n: number) => makeSCurve({ nSamples: n, seed: 5 }).X],
  ] as [keyof typeof golden.deciles, (n: number) => Matrix][])("deciles of %s", (name, make) => {
    const X = make(20_000);
    golden.deciles[name].forEach((deciles, j) => {
      const column = X.col(j).sort();
      const range = column.at(-1)! - column[0]!;
      deciles.forEach((d, k) => {
        expect(Math.abs(quantile(column, (k + 1) / 10) - d) / range).toBeLessThan(0.02);
      });
    });
  });

  test("noise, signals and seeds", () => {
    const clean = makeFriedman2({ nSamples: 3000, seed: 1 });
    expect(clean.y).toEqual(clean.signal);
    const noisy = makeFriedman2({ nSamples: 3000, noise: 50, seed: 1 });
    expect(sdOf(noisy.y.map((v, i) => v - noisy.signal[i]!))).toBeCloseTo(50, -1);
    for (const make of [makeFriedman2, makeFriedman3, makeSwissRoll, makeSCurve] as ((o: {
      seed: number;
    }) => { X: Matrix })[]) {
      expect(make({ seed: 1 }).X.data).toEqual(make({ seed: 1 }).X.data);
      expect(make({ seed: 1 }).X.data).not.toEqual(make({ seed: 2 }).X.data);
    }
    const roll = makeSwissRoll({ nSamples: 2000, noise: 0.3, seed: 1 });
    const off = Array.from(roll.t, (t, i) => swissRollPoint(t, roll.flat.at(i, 1))[0] - roll.X.at(i, 0));
    expect(sdOf(off)).toBeCloseTo(0.3, 1);
  });

  test("flat coordinates measure along the sheet", () => {
    // Sum of short chords of the spiral.
    let length = 0;
    const steps = 200_000;
    for (let k = 0; k < steps; k++) {
      const a = swissRollPoint(5 + (7 * k) / steps, 0);
      const b = swissRollPoint(5 + (7 * (k + 1)) / steps, 0);
      length += Math.hypot(b[0] - a[0], b[2] - a[2]);
    }
    expect(spiralLength(12) - spiralLength(5)).toBeCloseTo(length, 6);
    const s = makeSCurve({ nSamples: 50, seed: 1 });
    expect([...s.flat.col(0)]).toEqual([...s.t]);
    const [p, q] = [sCurvePoint(0.4, 0), sCurvePoint(0.4 + 1e-5, 0)];
    expect(Math.hypot(q[0] - p[0], q[2] - p[2])).toBeCloseTo(1e-5, 12);
    // No point lies in the hole.
    const hole = makeSwissRoll({ nSamples: 5000, hole: true, seed: 1 });
    const inside = Array.from(hole.t).filter((t, i) => {
      const height = hole.flat.at(i, 1);
      return t > 2.5 * Math.PI && t < 3.5 * Math.PI && height > 7 && height < 14;
    });
    expect(inside).toHaveLength(0);
  });
});

describe("makeRegimes", () => {
  const regimes = [
    { mean: 0, sd: 1 },
    { mean: 5, sd: 0.5, persistence: 0.8 },
    { mean: -2, sd: 2, slope: 0.1 },
  ];

  test("each regime has its level, spread and persistence; shocks are white", () => {
    const { values, state, expected, changePoints } = makeRegimes({
      nSamples: 60_000,
      regimes,
      stay: 0.99,
      seed: 3,
    });
    const shocks = values.map((v, t) => v - expected[t]!);
    regimes.forEach((r, k) => {
      const own = shocks.filter((_, t) => state[t] === k);
      expect(mean(own)).toBeCloseTo(0, 1);
      expect(sdOf(own) / r.sd).toBeCloseTo(1, 1);
    });
    const lagged = mean(shocks.slice(1).map((v, t) => v * shocks[t]!)) / sdOf(shocks) ** 2;
    expect(Math.abs(lagged)).toBeLessThan(0.02);
    // Long inside regime 1: variance sd^2 / (1 - 0.8^2).
    const settled: number[] = [];
    let run = 0;
    state.forEach((s, t) => {
      run = s === 1 ? run + 1 : 0;
      if (run > 30) settled.push(values[t]!);
    });
    expect(mean(settled)).toBeCloseTo(5, 1);
    expect(sdOf(settled)).toBeCloseTo(0.5 / 0.6, 1);
    expect(changePoints.length / 60_000).toBeCloseTo(0.01, 2);
    expect([...changePoints]).toEqual(
      Array.from(state.keys()).filter((t) => t > 0 && state[t] !== state[t - 1]),
    );
  });

  test("changes at told steps, trends, exact without shocks", () => {
    const { values, state } = makeRegimes({
      nSamples: 6,
      regimes: [
        { mean: 1, sd: 0 },
        { mean: 10, sd: 0, persistence: 0.5, slope: 1 },
      ],
      changes: [3],
    });
    // At step 3 the series is 9 below its new level, of which half is left; then a quarter.
    expect([...values]).toEqual([1, 1, 1, 5.5, 8.75, 10.875]);
    expect([...state]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(() => makeRegimes({ nSamples: 5, changes: [5] })).toThrow("makeRegimes: changes is an array of 1");
    expect(() => makeRegimes({ regimes: [{ mean: 0, sd: -1 }] })).toThrow("regimes is an array of 1");
  });
});

describe("makeFraud", () => {
  const data = makeFraud({ nSamples: 40_000, fraudShare: 0.05, seed: 2 });
  const fraud = data.scenario.map((s) => s !== "honest");

  test("the told probabilities are calibrated and rank better than any column", () => {
    expect(mean(fraud.map(Number))).toBeCloseTo(0.05, 2);
    // In bins of the probability, the share of fraud is the mean probability, within five standard errors.
    const order = Array.from(data.probability.keys()).sort(
      (a, b) => data.probability[a]! - data.probability[b]!,
    );
    for (let from = 0; from < order.length; from += 2000) {
      const rows = order.slice(from, from + 2000);
      const p = rows.map((i) => data.probability[i]!);
      const spread = Math.sqrt(p.reduce((s, v) => s + v * (1 - v), 0)) / rows.length;
      expect(Math.abs(mean(rows.map((i) => +fraud[i]!)) - mean(p))).toBeLessThan(5 * spread + 1e-6);
    }
    const best = rocAuc(fraud, data.probability);
    expect(best).toBeGreaterThan(0.93);
    for (const name of ["amount", "distanceKm", "hour", "newDevice", "online"]) {
      const auc = rocAuc(fraud, data.table.numbers(name));
      expect(Math.max(auc, 1 - auc)).toBeLessThan(best - 0.05);
    }
  });

  test("rows are in the order of time, hours are those of the time, customers keep their amounts", () => {
    const time = data.table.numbers("time");
    expect(time.every((t, i) => i === 0 || t >= time[i - 1]!)).toBe(true);
    const hour = data.table.numbers("hour");
    time.forEach((t, i) => {
      if (new Date(t).getUTCHours() !== hour[i]) throw new Error(`row ${i}`);
    });
    const usual = new Map<string, number>();
    const amounts = data.table.numbers("usualAmount");
    data.table.strings("customer").forEach((c, i) => {
      expect(usual.get(c!) ?? amounts[i]).toBe(amounts[i]);
      usual.set(c!, amounts[i]!);
    });
    expect(usual.size).toBe(200);
    // Relative to the usual amount, honest payments are log-normal with deviation 0.6.
    const honest = Array.from(data.table.numbers("amount"), (v, i) => Math.log(v / amounts[i]!)).filter(
      (_, i) => !fraud[i],
    );
    expect(mean(honest)).toBeCloseTo(0, 1);
    expect(sdOf(honest)).toBeCloseTo(0.6, 1);
  });

  test("thieves change their ways on the told day, and the probabilities know", () => {
    const change = makeFraud({ nSamples: 40_000, fraudShare: 0.1, changeDay: 45, seed: 3 });
    const day = change.table.numbers("time").map((t) => Math.floor((t - Date.UTC(2024, 0, 1)) / 86_400_000));
    const share = (kind: string, after: boolean) => {
      const bad = change.scenario.filter((s, i) => s !== "honest" && day[i]! >= 45 === after);
      return bad.filter((s) => s === kind).length / bad.length;
    };
    expect(share("stolen card", false)).toBeCloseTo(0.6, 1);
    expect(share("stolen card", true)).toBeCloseTo(0.1, 1);
    expect(share("account takeover", true)).toBeCloseTo(0.65, 1);
    const after = Array.from(day.keys()).filter((i) => day[i]! >= 45);
    expect(mean(after.map((i) => change.probability[i]!))).toBeCloseTo(0.1, 2);
    expect(makeFraud({ nSamples: 50, seed: 4 }).table).toEqual(makeFraud({ nSamples: 50, seed: 4 }).table);
    expect(() => makeFraud({ fraudShare: 0 })).toThrow("makeFraud: fraudShare is 0");
  });
});
