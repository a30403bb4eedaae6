import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Tensor } from "../../tensor/index.ts";
import { Adam, SGD } from "../index.ts";
import {
  cosine,
  cosineRestarts,
  curve,
  exponentialDecay,
  least,
  linear,
  linearWarmup,
  milestones,
  oneCycle,
  oneCycleMomentum,
  polynomial,
  ReduceOnPlateau,
  type Schedule,
  Scheduler,
  sequence,
  stepDecay,
  warmupStableDecay,
} from "./index.ts";

type Curves = readonly [rates: number[], momenta: number[]];
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/torch/optim.json", import.meta.url), "utf8"),
) as {
  schedules: Record<string, number[]> & { "one cycle": Curves; "one cycle linear": Curves };
  metrics: number[];
  plateaus: { options: Record<string, never>; rates: number[] }[];
};

const near = (found: readonly number[], expected: readonly number[]) => {
  expect(found.length).toBe(expected.length);
  found.forEach((v, i) => {
    expect(Math.abs(v - expected[i]!), `step ${i}: ${v}, expected ${expected[i]}`).toBeLessThan(1e-12);
  });
};

const parameter = () => Tensor.zeros([1], { requiresGrad: true });

describe("torch.optim.lr_scheduler gives the same rates", () => {
  const ours: Record<string, Schedule> = {
    step: stepDecay({ every: 10, gamma: 0.1 }),
    "multi-step": milestones({ at: [3, 8, 9], gamma: 0.5 }),
    exponential: exponentialDecay({ gamma: 0.9 }),
    linear: linear({ steps: 8, start: 0.25, end: 0.75 }),
    polynomial: polynomial({ steps: 8, power: 2 }),
    cosine: cosine({ steps: 10, min: 0.01 }),
    "warm restarts": cosineRestarts({ first: 4, factor: 2, min: 0.01 }),
    "warmup then cosine": sequence([
      [linearWarmup({ steps: 5, start: 0.2 }), 5],
      [cosine({ steps: 10 }), 10],
    ]),
  };
  test.each(Object.keys(ours))("%s", (name) => {
    const expected = golden.schedules[name]!;
    const optimizer = new SGD([parameter()], { lr: 0.4 });
    const scheduler = new Scheduler(optimizer, ours[name]!);
    const found = expected.map(() => {
      const { lr } = optimizer;
      scheduler.step();
      return lr;
    });
    near(found, expected);
    near(scheduler.curve(expected.length), expected);
  });

  test.each([
    ["one cycle", { steps: 20 }, {}, {}],
    [
      "one cycle linear",
      { steps: 20, rise: 0.4, shape: "linear", threePhase: true },
      { startDivisor: 10, endDivisor: 100 },
      { low: 0.8, high: 0.9 },
    ],
  ] as const)("%s, with momentum", (name, shape, rates, momenta) => {
    const optimizer = new SGD([parameter()], { lr: 0.4, momentum: 0.9 });
    const momentum = oneCycleMomentum({ ...shape, ...momenta });
    const scheduler = new Scheduler(optimizer, oneCycle({ ...shape, ...rates }), { momentum });
    const found = Array.from({ length: 20 }, () => {
      const { lr, momentum } = optimizer.groups[0]!.options;
      scheduler.step();
      return [lr, momentum] as const;
    });
    near(
      found.map(([lr]) => lr),
      golden.schedules[name][0],
    );
    near(
      found.map(([, m]) => m),
      golden.schedules[name][1],
    );
  });

  test.each(golden.plateaus.map((p) => [JSON.stringify(p.options), p] as const))(
    "reduce on plateau %s",
    (_, { options: o, rates }) => {
      const optimizer = new SGD([parameter()], { lr: 0.4 });
      const plateau = new ReduceOnPlateau(optimizer, {
        ...o,
        ...("min_lr" in o && { minLr: o.min_lr }),
        ...("threshold_mode" in o && { thresholdMode: o.threshold_mode }),
      });
      near(
        golden.metrics.map((m) => {
          plateau.step(m);
          return plateau.lr;
        }),
        rates,
      );
    },
  );
});

test("warm-up is min(base, step / warmup * base), over any schedule", () => {
  const rates = curve(least(linearWarmup({ steps: 500 }), stepDecay({ every: 600, gamma: 0.1 })), 1000, 2e-5);
  rates.forEach((rate, t) => {
    const expected = t < 600 ? Math.min(2e-5, (t / 500) * 2e-5) : 2e-6;
    expect(rate).toBeCloseTo(expected, 15);
  });
});

test("warm-up, stable, decay; its square-root form ends at `end`", () => {
  const rates = curve(warmupStableDecay({ warmup: 4, stable: 10, decay: 4, end: 0.1, shape: "sqrt" }), 22);
  expect(rates.slice(0, 4)).toEqual([0, 0.25, 0.5, 0.75]);
  expect(new Set(rates.slice(4, 15))).toEqual(new Set([1]));
  expect(rates[15]).toBeCloseTo(1 - 0.9 * 0.5, 12);
  for (const r of rates.slice(18)) expect(r).toBeCloseTo(0.1, 12);
});

test("a schedule resumes from its state; groups keep their ratio; momentum may be the first beta", () => {
  const groups = [
    { params: [parameter()], lr: 1 },
    { params: [parameter()], lr: 0.1 },
  ];
  const optimizer = new Adam(groups);
  const momentum = oneCycleMomentum({ steps: 10 });
  const scheduler = new Scheduler(optimizer, cosine({ steps: 10 }), { momentum });
  for (let i = 0; i < 4; i++) scheduler.step();
  const rates = optimizer.groups.map((g) => g.options.lr);
  expect(rates[0]! / rates[1]!).toBeCloseTo(10, 12);
  expect(optimizer.groups[0]!.options.betas).toEqual([momentum(4, 0), 0.999]);
  const again = new Adam(groups);
  const resumed = new Scheduler(again, cosine({ steps: 10 }));
  resumed.loadStateDict(scheduler.stateDict());
  expect(again.groups.map((g) => g.options.lr)).toEqual(rates);
});

test("bad arguments are named", () => {
  expect(() => stepDecay({ every: 0 })).toThrow("stepDecay: every is 0, expected an integer >= 1");
  expect(() => cosine({ steps: 2.5 })).toThrow(/cosine: steps is 2.5/);
  expect(() => oneCycle({ steps: 10, rise: 1 })).toThrow(/oneCycle: rise is 1/);
  expect(() => sequence([])).toThrow(/at least one/);
  expect(() => new Scheduler({} as never, linear({ steps: 3 }))).toThrow(/optimizer/);
  expect(() => new ReduceOnPlateau(new SGD([parameter()]), { factor: 2 })).toThrow(/factor is 2/);
});
