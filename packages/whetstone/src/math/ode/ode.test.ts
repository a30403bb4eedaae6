import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dormandPrince, euler, type OdeFunction, odeSolve, rk4 } from "./index.ts";

interface Golden {
  span: [number, number];
  y0: number[];
  times: number[];
  y: number[][];
  rk45Steps: number;
  rk45Evaluations: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/math/ode.json", import.meta.url), "utf8"),
) as Record<"lotkaVolterra" | "lorenzShort" | "vanDerPolBackward", Golden> & {
  landing: { t: number; speed: number };
};

const problems: Record<"lotkaVolterra" | "lorenzShort" | "vanDerPolBackward", OdeFunction> = {
  lotkaVolterra: (_t, y) => [1.5 * y[0]! - y[0]! * y[1]!, -3 * y[1]! + y[0]! * y[1]!],
  lorenzShort: (_t, y, out) => {
    out[0] = 10 * (y[1]! - y[0]!);
    out[1] = y[0]! * (28 - y[2]!) - y[1]!;
    out[2] = y[0]! * y[1]! - (8 / 3) * y[2]!;
  },
  vanDerPolBackward: (_t, y) => [y[1]!, (1 - y[0]! ** 2) * y[1]! - y[0]!],
};

describe("dormandPrince", () => {
  for (const name of Object.keys(problems) as (keyof typeof problems)[]) {
    it(`${name}: SciPy's solution at arbitrary times, no more work than its RK45`, () => {
      const g = golden[name];
      const r = odeSolve(problems[name], g.span, g.y0, { times: g.times, rtol: 1e-8, atol: 1e-10 });
      expect([...r.t]).toEqual(g.times);
      g.y.forEach((row, i) => {
        row.forEach((v, j) => {
          expect(Math.abs(r.y.at(i, j) - v)).toBeLessThan(2e-6 * Math.max(1, Math.abs(v)));
        });
      });
      expect(r.evaluations).toBeLessThanOrEqual(1.1 * g.rk45Evaluations);
      const fine = odeSolve(problems[name], g.span, g.y0, { times: g.times, rtol: 1e-13, atol: 1e-13 });
      g.y.forEach((row, i) => {
        row.forEach((v, j) => {
          expect(Math.abs(fine.y.at(i, j) - v)).toBeLessThan(1e-9 * Math.max(1, Math.abs(v)));
        });
      });
    });
  }
  it("the error follows the tolerance", () => {
    const error = (rtol: number): number => {
      const r = odeSolve((_t, y) => [y[1]!, -y[0]!], [0, 20], [1, 0], { rtol, atol: rtol });
      return Math.hypot(r.y.at(r.t.length - 1, 0) - Math.cos(20), r.y.at(r.t.length - 1, 1) + Math.sin(20));
    };
    let previous = Number.POSITIVE_INFINITY;
    for (const rtol of [1e-3, 1e-5, 1e-7, 1e-9, 1e-11]) {
      const e = error(rtol);
      expect(e).toBeLessThan(100 * rtol);
      expect(e).toBeLessThan(previous / 10);
      previous = e;
    }
  });
  it("dense output between the steps is as good as the steps, and meets them", () => {
    const times = Array.from({ length: 401 }, (_, i) => i / 40);
    const r = dormandPrince((_t, y) => [y[1]!, -y[0]!], [0, 10], [0, 1], { rtol: 1e-9, atol: 1e-9, times });
    times.forEach((t, i) => {
      expect(Math.abs(r.y.at(i, 0) - Math.sin(t))).toBeLessThan(2e-7);
    });
    const steps = dormandPrince((_t, y) => [y[1]!, -y[0]!], [0, 10], [0, 1], { rtol: 1e-9, atol: 1e-9 });
    const again = dormandPrince((_t, y) => [y[1]!, -y[0]!], [0, 10], [0, 1], {
      rtol: 1e-9,
      atol: 1e-9,
      times: steps.t,
    });
    expect([...again.y.data]).toEqual([...steps.y.data]);
  });
  it("forwards then backwards returns to the start", () => {
    const f = problems.lotkaVolterra;
    const there = odeSolve(f, [0, 5], [10, 5], { rtol: 1e-11, atol: 1e-11 });
    const end = there.y.row(there.t.length - 1);
    const back = odeSolve(f, [5, 0], end, { rtol: 1e-11, atol: 1e-11 });
    expect(back.t.at(-1)).toBe(0);
    expect(back.y.at(back.t.length - 1, 0)).toBeCloseTo(10, 6);
    expect(back.y.at(back.t.length - 1, 1)).toBeCloseTo(5, 6);
  });
  it("a stiff system ends with a sentence that says so; a singularity with another", () => {
    const stiff: OdeFunction = (t, y) => [-1e6 * (y[0]! - Math.cos(t)) - Math.sin(t)];
    expect(() => odeSolve(stiff, [0, 10], [0], { maxSteps: 2000 })).toThrow(
      /odeSolve: 2000 steps .* looks stiff/,
    );
    expect(() => odeSolve((_t, y) => [y[0]! ** 2], [0, 2], [1])).toThrow(
      /step size fell .* at t = (0\.999|1\.000).*singularity/,
    );
  });
  it("maxStep and firstStep are honoured", () => {
    const r = odeSolve((_t, y) => [-y[0]!], [0, 1], [1], { maxStep: 0.01, firstStep: 0.003 });
    expect(r.t[1]).toBeCloseTo(0.003, 12);
    for (let i = 1; i < r.t.length; i++) expect(r.t[i]! - r.t[i - 1]!).toBeLessThan(0.0102);
  });
});

describe("constant steps", () => {
  it("Euler with step 1 reproduces a stack of residual blocks exactly", () => {
    const w = [
      [0.3, -0.7],
      [0.9, 0.2],
    ];
    const block = (y: ArrayLike<number>): number[] =>
      w.map((row) => Math.tanh(row[0]! * y[0]! + row[1]! * y[1]!));
    let x = [0.4, -1.1];
    const r = euler((_t, y) => block(y), [0, 5], x, { step: 1 });
    expect(r.steps).toBe(5);
    for (let layer = 1; layer <= 5; layer++) {
      const g = block(x);
      x = [x[0]! + g[0]!, x[1]! + g[1]!];
      expect([...r.y.row(layer)]).toEqual(x);
    }
  });
  for (const [solve, order] of [
    [euler, 1],
    [rk4, 4],
  ] as const) {
    it(`${solve.name} converges with order ${order}, at the end and between steps`, () => {
      const error = (step: number): number[] => {
        // y' = y cos t, y = exp(sin t); 1.234 is no multiple of the steps.
        const r = solve((t, y) => [y[0]! * Math.cos(t)], [0, 2], [1], { step, times: [1.234, 2] });
        return [
          Math.abs(r.y.at(0, 0) - Math.exp(Math.sin(1.234))),
          Math.abs(r.y.at(1, 0) - Math.exp(Math.sin(2))),
        ];
      };
      const coarse = error(1 / 32);
      const fine = error(1 / 128);
      coarse.forEach((e, i) => {
        const observed = Math.log(e / fine[i]!) / Math.log(4);
        expect(observed).toBeGreaterThan(order - 0.25);
        expect(observed).toBeLessThan(order + 0.75);
      });
    });
  }
  it("the last step is shortened and backward steps work", () => {
    const r = rk4((_t, y) => [y[0]!], [0, 1], [1], { step: 0.3 });
    expect([...r.t].map((t) => Math.round(t * 1e9) / 1e9)).toEqual([0, 0.3, 0.6, 0.9, 1]);
    expect(r.y.at(4, 0)).toBeCloseTo(Math.E, 3);
    expect(rk4((_t, y) => [y[0]!], [1, 0], [Math.E], { step: 0.01 }).y.data.at(-1)).toBeCloseTo(1, 8);
  });
  it("an unstable step ends with a sentence", () => {
    expect(() => euler((_t, y) => [-1000 * y[0]!], [0, 10], [1], { step: 0.01 })).toThrow(
      /left floating point .* too long/,
    );
  });
});

describe("events", () => {
  const fall: OdeFunction = (_t, y) => [y[1]!, -9.81 - 0.1 * y[1]! * Math.abs(y[1]!)];
  it("a terminal event stops where SciPy's does", () => {
    const r = odeSolve(fall, [0, 10], [0.5, 20], {
      rtol: 1e-11,
      atol: 1e-11,
      events: [{ value: (_t, y) => y[0]!, terminal: true, direction: -1 }],
    });
    expect(r.stoppedBy).toBe(0);
    expect(r.t.at(-1)).toBeCloseTo(golden.landing.t, 8);
    expect(r.events[0]!.t[0]).toBe(r.t.at(-1));
    expect(r.events[0]!.y.at(0, 1)).toBeCloseTo(golden.landing.speed, 7);
  });
  it("finds every zero in the direction asked, forwards and backwards", () => {
    const oscillator: OdeFunction = (_t, y) => [y[1]!, -y[0]!];
    const zeros = (direction: -1 | 0 | 1) =>
      odeSolve(oscillator, [0.1, 12], [Math.sin(0.1), Math.cos(0.1)], {
        rtol: 1e-10,
        atol: 1e-10,
        events: [{ value: (_t, y) => y[0]!, direction }],
      }).events[0]!.t;
    const near = (found: Float64Array, expected: number[]): void => {
      expect(found).toHaveLength(expected.length);
      expected.forEach((t, i) => {
        expect(found[i]!).toBeCloseTo(t, 7);
      });
    };
    near(zeros(0), [Math.PI, 2 * Math.PI, 3 * Math.PI]);
    near(zeros(1), [2 * Math.PI]);
    near(zeros(-1), [Math.PI, 3 * Math.PI]);
    const back = odeSolve(oscillator, [4, -1], [Math.sin(4), Math.cos(4)], {
      rtol: 1e-10,
      atol: 1e-10,
      events: [{ value: (_t, y) => y[0]!, direction: 1 }],
    });
    near(back.events[0]!.t, [0]);
  });
});

describe("arguments", () => {
  const f: OdeFunction = (_t, y) => [-y[0]!];
  it("are checked with sentences", () => {
    expect(() => odeSolve(f, [0, Number.POSITIVE_INFINITY], [1])).toThrow("span");
    expect(() => odeSolve(f, [0, 1], [1], { times: [0, 2] })).toThrow(
      "odeSolve: times[1] is 2, expected a time within [0, 1]",
    );
    expect(() => odeSolve(f, [0, 1], [1], { times: [0.5, 0.4] })).toThrow("not to go back");
    expect(() => odeSolve(f, [0, 1], [1, 2])).toThrow("f gave 1 entries, expected 2");
    expect(() => odeSolve(f, [0, 1], [1], { atol: 0 })).toThrow("atol is 0");
    expect(() => odeSolve(f, [0, 1], [1], { method: "rk4", rtol: 1e-3 })).toThrow("constant steps");
    expect(() => odeSolve(f, [0, 1], [1], { step: 0.1 })).toThrow("chooses its steps");
    expect(() => odeSolve(f, [0, 1], [Number.NaN])).toThrow("y0 holds NaN at index 0");
  });
  it("an empty span gives the start", () => {
    const r = odeSolve(f, [1, 1], [3], { times: [1] });
    expect([...r.y.data]).toEqual([3]);
    const controller = new AbortController();
    controller.abort();
    expect(() => odeSolve(f, [0, 1], [1], { signal: controller.signal })).toThrow("odeSolve: aborted");
  });
});
