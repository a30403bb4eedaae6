import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../math/matrix.ts";
import { numericalGradient } from "../math/optimize/index.ts";
import { randomStream } from "../math/random/index.ts";
import {
  conditionalEntropy,
  crossEntropy,
  crossEntropyFromLogits,
  entropy,
  fitForwardKl,
  fitReverseKl,
  gaussianEntropy,
  giniImpurity,
  infoNce,
  informationGain,
  jsDistance,
  jsDivergence,
  klDivergence,
  klGaussian,
  klMultivariateGaussian,
  mutualInformation,
  mutualInformationKnn,
  mutualInformationLabels,
  wasserstein,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/information/information.json", import.meta.url), "utf8"),
) as Record<
  | "p"
  | "q"
  | "counts"
  | "entropy"
  | "kl"
  | "js"
  | "x"
  | "y"
  | "a"
  | "b"
  | "wa"
  | "wb"
  | "wasserstein"
  | "m1"
  | "m2",
  number[]
> & { mi: number; klMultivariate: number; C1: number[][]; C2: number[][] };
const { p, q } = golden;
const distribution = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .filter((v) => v.some((x) => x > 1e-6));

describe("against SciPy and scikit-learn", () => {
  it("entropy, divergences, mutual information, Wasserstein", () => {
    const pairs: [number, number][] = [
      [entropy(p), golden.entropy[0]!],
      [entropy(p, { base: 2 }), golden.entropy[1]!],
      [entropy(golden.counts), golden.entropy[2]!],
      [klDivergence(p, q), golden.kl[0]!],
      [klDivergence(q, p), golden.kl[1]!],
      [klDivergence(p, q, { base: 2 }), golden.kl[2]!],
      [jsDistance(p, q), golden.js[0]!],
      [jsDistance(p, q, { base: 2 }), golden.js[1]!],
      [mutualInformationLabels(golden.x, golden.y), golden.mi],
      [wasserstein(golden.a, golden.b), golden.wasserstein[0]!],
      [wasserstein(golden.a, golden.b, { weightsA: golden.wa, weightsB: golden.wb }), golden.wasserstein[1]!],
      [
        klMultivariateGaussian(
          { mean: golden.m1, covariance: Matrix.from(golden.C1) },
          { mean: golden.m2, covariance: Matrix.from(golden.C2) },
        ),
        golden.klMultivariate,
      ],
    ];
    for (const [ours, theirs] of pairs) expect(Math.abs(ours - theirs)).toBeLessThan(1e-12);
  });
});

describe("identities", () => {
  it("entropy is 0 for certainty, log K for uniform", () => {
    expect(entropy([0, 1, 0])).toBe(0);
    expect(entropy([1, 1, 1, 1], { base: 2 })).toBeCloseTo(2, 14);
    expect(giniImpurity([1, 1, 1, 1])).toBe(0.75);
    expect(giniImpurity([7, 0])).toBe(0);
  });
  it("cross-entropy = entropy + KL >= entropy; KL >= 0; JS is symmetric and at most log 2, its root a metric", () => {
    fc.assert(
      fc.property(distribution, distribution, distribution, (a, b, c) => {
        const ce = crossEntropy(a, b);
        if (Number.isFinite(ce))
          expect(Math.abs(ce - entropy(a) - klDivergence(a, b))).toBeLessThan(1e-9 * Math.max(1, ce));
        expect(klDivergence(a, b)).toBeGreaterThanOrEqual(0);
        expect(jsDivergence(a, b)).toBeCloseTo(jsDivergence(b, a), 12);
        expect(jsDivergence(a, b)).toBeLessThanOrEqual(Math.LN2 + 1e-12);
        expect(jsDistance(a, c)).toBeLessThanOrEqual(jsDistance(a, b) + jsDistance(b, c) + 1e-7);
      }),
    );
  });
  it("zeros: p = 0 adds nothing, q = 0 under p > 0 is infinite", () => {
    expect(klDivergence([0, 1], [0.5, 0.5])).toBeCloseTo(Math.LN2, 14);
    expect(klDivergence([0.5, 0.5], [0, 1])).toBe(Number.POSITIVE_INFINITY);
    expect(crossEntropy([0.5, 0.5], [0, 1])).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence([1, 0], [1, 0])).toBe(0);
    expect(jsDivergence([1, 0], [0, 1])).toBeCloseTo(Math.LN2, 14);
  });
  it("keeps tiny divergences", () => {
    const e = 1e-9;
    // KL((1/2 + e, 1/2 - e) || uniform) = 2 e^2 to leading order.
    expect(klDivergence([0.5 + e, 0.5 - e], [0.5, 0.5]) / (2 * e * e)).toBeCloseTo(1, 6);
  });
  it("the gradient of cross-entropy in the logits is p - y", () => {
    const target = [0.2, 0, 0.5, 0.3];
    const logits = [1.3, -0.4, 0.7, 1000];
    const r = crossEntropyFromLogits(target, logits.slice(0, 3).concat(-2));
    const numeric = numericalGradient(
      (z) => crossEntropyFromLogits(target, z).value,
      logits.slice(0, 3).concat(-2),
    );
    r.gradient.forEach((g, i) => {
      expect(g).toBeCloseTo(numeric[i]!, 8);
    });
    expect(crossEntropyFromLogits(target, logits).value).toBeCloseTo(0.2 * 998.7 + 0.5 * 999.3, 8);
  });
  it("mutual information = H(X) - H(X | Y), 0 when independent; the gain of a split is the same thing", () => {
    const joint = Matrix.from([
      [3, 1, 0],
      [2, 2, 5],
    ]);
    const mi = mutualInformation(joint, { base: 2 });
    expect(mi).toBeCloseTo(entropy([4, 9], { base: 2 }) - conditionalEntropy(joint, { base: 2 }), 12);
    expect(
      mutualInformation(
        Matrix.from([
          [1, 2],
          [2, 4],
        ]),
      ),
    ).toBeLessThan(1e-15);
    expect(informationGain(golden.x, golden.y)).toBeCloseTo(golden.mi, 12);
    expect(informationGain([0, 0, 1, 1], ["l", "l", "r", "r"], { criterion: "gini" })).toBe(0.5);
    expect(informationGain([0, 1, 0, 1], ["l", "l", "r", "r"])).toBe(0);
  });
  it("Miller and Madow's correction removes most of the bias under independence", () => {
    const stream = randomStream(4);
    let plain = 0;
    let corrected = 0;
    for (let r = 0; r < 200; r++) {
      const x = Array.from({ length: 60 }, () => stream.int(4));
      const y = Array.from({ length: 60 }, () => stream.int(4));
      plain += mutualInformationLabels(x, y) / 200;
      corrected += mutualInformationLabels(x, y, { correct: true }) / 200;
    }
    expect(plain).toBeGreaterThan(0.05); // expectation about 9 / 120
    expect(Math.abs(corrected)).toBeLessThan(0.02);
  });
});

describe("continuous", () => {
  it("nearest-neighbour mutual information of a correlated normal pair", () => {
    // -log(1 - rho^2) / 2; observed over 16 seeds at n = 800: within 0.09.
    for (const rho of [0, 0.6, 0.9]) {
      const stream = randomStream(`rho ${rho}`);
      const x = Array.from({ length: 800 }, () => stream.normal());
      const y = x.map((v) => rho * v + Math.sqrt(1 - rho * rho) * stream.normal());
      expect(Math.abs(mutualInformationKnn(x, y) + Math.log(1 - rho * rho) / 2)).toBeLessThan(0.12);
      // Invariant to scale and shift of either variable (up to which neighbours are near).
      expect(
        Math.abs(
          mutualInformationKnn(
            x.map((v) => 3 * v + 1),
            y.map((v) => 3 * v),
          ) - mutualInformationKnn(x, y),
        ),
      ).toBeLessThan(1e-9);
    }
  });
  it("closed forms of the normal distribution", () => {
    expect(klGaussian({ mean: 0, sd: 1 }, { mean: 1, sd: 1 })).toBe(0.5);
    expect(klGaussian({ mean: 2, sd: 3 }, { mean: 2, sd: 3 })).toBe(0);
    const one = (mean: number, sd: number) => ({ mean: [mean], covariance: Matrix.from([[sd * sd]]) });
    expect(klMultivariateGaussian(one(1, 2), one(-1, 3))).toBeCloseTo(
      klGaussian({ mean: 1, sd: 2 }, { mean: -1, sd: 3 }),
      13,
    );
    expect(gaussianEntropy(1)).toBeCloseTo(1.4189385332046727, 14);
    expect(gaussianEntropy(0.1)).toBeLessThan(0);
  });
  it("forward KL covers both modes at +-5, reverse KL locks onto one", () => {
    const twin = {
      weights: [1, 1],
      components: [
        { mean: -5, sd: 1 },
        { mean: 5, sd: 1 },
      ],
    };
    const forward = fitForwardKl(twin);
    expect(forward.mean).toBe(0);
    expect(forward.sd).toBeCloseTo(Math.sqrt(26), 12);
    const right = fitReverseKl(twin, { mean: 2, sd: 2 });
    expect(right.mean).toBeCloseTo(5, 3);
    expect(right.sd).toBeCloseTo(1, 3);
    // One of two equal modes: log 2 from the missing half.
    expect(right.divergence).toBeCloseTo(Math.LN2, 4);
    expect(fitReverseKl(twin, { mean: -1, sd: 1 }).mean).toBeCloseTo(-5, 3);
    const single = { weights: [1], components: [{ mean: 2, sd: 0.5 }] };
    expect(fitReverseKl(single, { mean: 0, sd: 1 }).divergence).toBeLessThan(1e-9);
    expect(fitForwardKl(single).divergence).toBeLessThan(1e-9);
  });
  it("InfoNCE saturates at log N", () => {
    expect(infoNce(Matrix.zeros(8, 8)).bound).toBeCloseTo(0, 14);
    expect(infoNce(Matrix.identity(8).scale(50)).bound).toBeCloseTo(Math.log(8), 10);
    expect(infoNce(Matrix.identity(8).scale(1e4)).bound).toBeLessThanOrEqual(Math.log(8));
  });
  it("Wasserstein moves with a shift, is symmetric, and sees disjoint supports", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: -30, max: 30 }),
        (a, shift) => {
          expect(
            wasserstein(
              a,
              a.map((v) => v + shift),
            ),
          ).toBeCloseTo(Math.abs(shift), 9);
          expect(wasserstein(a, [0])).toBeCloseTo(wasserstein([0], a), 12);
        },
      ),
    );
  });
});

describe("arguments", () => {
  it("are refused with sentences", () => {
    expect(() => entropy([0.5, -0.5])).toThrow(
      "entropy: p holds -0.5 at index 1, expected finite numbers >= 0",
    );
    expect(() => entropy([])).toThrow("entropy: p is empty");
    expect(() => entropy([0, 0])).toThrow("holds only zeros");
    expect(() => entropy([1], { base: 1 })).toThrow("base is 1");
    expect(() => klDivergence([1, 1], [1, 1, 1])).toThrow("q has 3 entries, expected 2 (length of p)");
    expect(() => klGaussian({ mean: 0, sd: 0 }, { mean: 0, sd: 1 })).toThrow("klGaussian: p.sd is 0");
    expect(() => mutualInformationKnn([1, 2], [1, 2], { neighbors: 2 })).toThrow("an integer from 1 to 1");
  });
});
