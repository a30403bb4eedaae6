import { describe, expect, test } from "vitest";
import { LogisticRegression } from "../../linear/index.ts";
import { randomStream } from "../../math/index.ts";
import { GaussianMixture } from "../../mixture/index.ts";
import { KernelDensity } from "../../neighbors/index.ts";
import {
  associationDistance,
  billingDisputes,
  bootstrapSampler,
  conditionalSampler,
  copulaSampler,
  dateColumn,
  densitySampler,
  grammarSampler,
  marginDistances,
  marginSampler,
  type SamplerSpec,
  simulatorSampler,
  Table,
  validateSampler,
} from "../index.ts";

/** Income depends on age; who buys depends on income; the plan on who buys; gaps where somebody does not buy. */
function people(n: number, seed: number): Table {
  const random = randomStream(seed);
  const age = Float64Array.from({ length: n }, () => Math.round(20 + 40 * random.uniform()));
  const income = age.map((a) => Math.exp(7 + a / 60 + 0.3 * random.normal()));
  const buys = Array.from(income, (v) => random.uniform() < 1 / (1 + Math.exp(-(v - 2400) / 300)));
  const plan = buys.map((b) =>
    random.uniform() < (b ? 0.8 : 0.2) ? "large" : random.bernoulli() ? "mid" : "small",
  );
  const spent = Array.from(income, (v, i) => (buys[i] ? v / 10 + 10 * random.normal() : null));
  const since = dateColumn(age.map((a) => 86_400_000 * Math.round(18_000 - 100 * a + 200 * random.normal())));
  return Table.fromColumns({ age, income, buys, plan, spent, since });
}
const table = people(800, 1);
const mixture = () => densitySampler(new GaussianMixture({ nComponents: 8, seed: 1 }), "mixture");
const all: readonly [SamplerSpec, number, number][] = [
  // Bounds: mean margin distance and mean association distance to 5000 other people. The 800 people themselves are
  // 0.03 and 0.01 away from them; seen: 0.033, 0.033, 0.030, 0.030, 0.038, 0.023, and for the last four 0.144, 0.014,
  // 0.019, 0.029.
  [bootstrapSampler(), 0.045, 0.04],
  [marginSampler(), 0.045, 0.5],
  [copulaSampler(), 0.045, 0.18],
  [conditionalSampler("buys", copulaSampler()), 0.045, 0.04],
  [mixture(), 0.06, 0.05],
  [densitySampler(new KernelDensity({ bandwidth: 0.2 }), "kernels"), 0.045, 0.06],
];

describe.each(all.map((row) => [row[0].name, ...row] as const))("%s", (_, spec, margins, associations) => {
  const sampler = spec.fit(table, { seed: 1 });
  const made = sampler.sample(3000, { seed: 2 });

  test("the same columns of the same kinds and ranges; same seed, same rows", () => {
    expect(made.rows).toBe(3000);
    expect(made.kinds()).toEqual(table.kinds());
    expect(made.names).toEqual(table.names);
    for (const v of made.numbers("age")) expect(Number.isInteger(v) && v >= 20 && v <= 60).toBe(true);
    expect(new Set(made.strings("plan"))).toEqual(new Set(["large", "mid", "small"]));
    expect(sampler.sample(20, { seed: 5 })).toEqual(sampler.sample(20, { seed: 5 }));
    expect(sampler.sample(20, { seed: 5 })).not.toEqual(sampler.sample(20, { seed: 6 }));
    expect(sampler.sample(1).rows).toBe(1);
  });

  test("close to other rows of the same kind", () => {
    const others = people(5000, 99);
    const far = marginDistances(others, made).reduce((s, m) => s + m.distance / 6, 0);
    const { distance } = associationDistance(others, made);
    expect(far).toBeLessThan(margins);
    expect(distance).toBeLessThan(associations);
    const gaps = made.numbers("spent").filter(Number.isNaN).length / 3000;
    const real = others.numbers("spent").filter(Number.isNaN).length / 5000;
    expect(Math.abs(gaps - real)).toBeLessThan(0.08);
  });
});

test("columns drawn apart lose what goes together, and the bound above would show it", () => {
  const made = marginSampler().fit(table).sample(3000);
  expect(associationDistance(people(5000, 99), made).distance).toBeGreaterThan(0.25);
});

test("rules and simulators are samplers too", () => {
  const wanted = Table.fromColumns({ reason: ["fee"], amount: ["$1"] });
  const made = grammarSampler(billingDisputes()).fit(wanted).sample(30, { seed: 3 });
  expect(made.names).toEqual(["reason", "amount"]);
  expect(new Set(made.strings("reason")).size).toBeGreaterThan(2);
  const simulator = simulatorSampler("people", (n, seed) => people(n, Number(seed)));
  expect(simulator.fit(table).sample(7, { seed: 4 })).toEqual(people(7, 4));
  expect(() =>
    simulatorSampler("bad", () => table)
      .fit(table)
      .sample(3),
  ).toThrow("make gave a Table, expected a Table of 3");
});

test("judged on rows put aside: copies have no privacy, separate columns teach nothing, models do well", () => {
  const task = { spec: new LogisticRegression(), target: "buys", scoring: "rocAuc" };
  const numeric = table.select(["age", "income", "buys"]);
  const judge = (spec: SamplerSpec) => validateSampler(spec, numeric, { task, seed: 1 });
  const [copies, apart, copula] = [bootstrapSampler(), marginSampler(), copulaSampler()].map(judge) as [
    ReturnType<typeof judge>,
    ReturnType<typeof judge>,
    ReturnType<typeof judge>,
  ];
  expect(copies.train.rows + copies.test.rows).toBe(800);
  expect(copies.synthetic.rows).toBe(copies.train.rows);
  expect(copies.quality.privacy.copies).toBe(1);
  expect(copies.quality.privacy.nearerToTrain).toBeGreaterThan(0.6);
  expect(copula.quality.privacy.copies).toBeLessThan(0.1);
  expect(copula.quality.task!.real).toBeGreaterThan(0.75);
  expect(Math.abs(copula.quality.task!.gap!)).toBeLessThan(0.05);
  expect(apart.quality.task!.gap!).toBeGreaterThan(0.05);
  expect(apart.quality.discrepancy.pValue).toBeLessThan(0.02);
  expect(apart.quality.associations.distance).toBeGreaterThan(3 * copula.quality.associations.distance);
  expect(judge(copulaSampler())).toEqual({ ...copula, sampler: expect.anything() });
});

test("wrong arguments are named", () => {
  const text = Table.fromColumns({ a: Array.from({ length: 30 }, (_, i) => `long text ${i}`) });
  expect(() => copulaSampler().fit(text)).toThrow(/copulaSampler.fit: table holds the text column "a"/);
  expect(() => conditionalSampler("by", copulaSampler()).fit(table)).toThrow('"buys"');
  expect(() => densitySampler({} as never)).toThrow("densitySampler: spec is an object");
  expect(() => copulaSampler().fit(table).sample(0)).toThrow("copulaSampler.sample: n is 0");
  expect(() => validateSampler(copulaSampler(), table, { testShare: 1 })).toThrow("testShare is 1");
});
