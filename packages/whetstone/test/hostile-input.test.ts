/**
 * Hostile input to public functions: whatever an argument is, the answer is a result or a sentence that names
 * a function and the argument, and it comes soon. Each function has one ordinary call; every argument of it
 * (and every option of that call) is replaced by each hostile value in turn.
 */
import { describe, expect, test } from "vitest";
import * as calibration from "../src/calibration/index.ts";
import * as data from "../src/data/index.ts";
import { WhetstoneError } from "../src/errors.ts";
import * as information from "../src/information/index.ts";
import * as learningTheory from "../src/learning-theory/index.ts";
import * as linear from "../src/linear/index.ts";
import * as math from "../src/math/index.ts";
import * as metrics from "../src/metrics/index.ts";
import * as selection from "../src/selection/index.ts";
import * as stats from "../src/stats/index.ts";

const { Matrix } = math;
const A = Matrix.from([
  [4, 1, 0],
  [1, 3, 1],
  [0, 1, 2],
]);
const v = [1, 2, 3];
const w = [3, 1, 2];
const f = {
  value: (x: Float64Array) => x[0]! ** 2 + x[1]! ** 2,
  valueAndGradient(x: Float64Array, g: Float64Array) {
    g[0] = 2 * x[0]!;
    g[1] = 2 * x[1]!;
    return x[0]! ** 2 + x[1]! ** 2;
  },
};
const lab = ["a", "b", "a", "b"];
const lab2 = ["a", "b", "b", "b"];
const prob = [0.2, 0.8, 0.4, 0.9];
const yt = [0, 1, 0, 1];
const P = Matrix.from([
  [0.8, 0.2],
  [0.1, 0.9],
  [0.6, 0.4],
  [0.2, 0.8],
]);
const Xs = Array.from({ length: 20 }, (_, i) => [i, (i * 7) % 5]);
const ys = Xs.map(([a, b]) => a! - b! + 0.1 * ((a! * 3) % 4));
const num = [1.5, 2.5, 3.1, 4.7];
const num2 = [1.1, 2.9, 3.3, 4.2];
const T = data.Table.fromColumns({ a: [1, 2, 3], b: ["x", "y", "x"] });
const s = () => math.randomStream(1);
const stat1 = [1.2, 2.3, 0.7, 3.1, 2.2];

const CALLS: Record<string, readonly [exports: object, calls: Record<string, readonly unknown[]>]> = {
  math: [
    math,
    {
      linearKernel: [v, w],
      rbfKernel: [v, w, 0.5],
      polynomialKernel: [v, w, { degree: 2 }],
      cosineKernel: [v, w],
      laplacianKernel: [v, w, 1],
      sigmoidKernel: [v, w, {}],
      gramMatrix: [{ kind: "rbf", gamma: 1 }, A],
      evaluateKernel: [{ kind: "rbf", gamma: 1 }, v, w],
      polynomialFeatureMap: [A, { degree: 2 }],
      cholesky: [A],
      eig: [A],
      eigvals: [A],
      eigh: [A, {}],
      eighvals: [A],
      expm: [A],
      effectiveRank: [v],
      lowRankApproximation: [A, 1],
      mergeLowRank: [A, A, A, 1],
      rankForEnergy: [w, 0.9],
      spectralEnergyShare: [w, 2],
      lu: [A],
      logm: [A],
      powm: [A, 2],
      sqrtm: [A],
      symmetricFunction: [A, Math.exp],
      cond: [A, 2],
      norm: [A, "fro"],
      nullSpace: [A],
      pinv: [A],
      rank: [A, 1e-9],
      kronecker: [A, A],
      multiply: [A, A, {}],
      outer: [v, w],
      qr: [A, {}],
      det: [A],
      inverse: [A],
      lstsq: [A, v, {}],
      slogdet: [A],
      solve: [A, v, {}],
      svd: [A, {}],
      svdvals: [A],
      solveTriangular: [A, v, {}],
      randomizedSvd: [A, 2, { seed: 1 }],
      truncatedSvd: [A, 2],
      softmax: [v],
      logSoftmax: [v],
      logSumExp: [v],
      dot: [v, w],
      chebyshev: [v, w],
      cosineSimilarity: [v, w],
      euclidean: [v, w],
      manhattan: [v, w],
      minkowski: [v, w, 3],
      norm2: [v],
      pairwiseDistances: [A, A, "euclidean"],
      randomStream: [1],
      bfgs: [f, [1, 2], {}],
      conjugateGradient: [A, v, {}],
      jacobiPreconditioner: [A],
      nonlinearConjugateGradient: [f, [1, 2], {}],
      coordinateDescent: [f, [1, 2], {}],
      checkGradient: [f, [1, 2], {}],
      numericalGradient: [f.value, [1, 2], {}],
      numericalHessian: [f.value, [1, 2], {}],
      numericalJacobian: [(x: Float64Array) => x, [1, 2], {}],
      gradientDescent: [f, [1, 2], {}],
      lbfgs: [f, [1, 2], {}],
      lbfgsb: [f, [1, 2], { lower: 0 }, {}],
      gaussNewton: [{ residuals: (x: Float64Array) => x }, [1, 2], {}],
      levenbergMarquardt: [{ residuals: (x: Float64Array) => x }, [1, 2], {}],
      minimize: [f, [1, 2], {}],
      nelderMead: [f, [1, 2], {}],
      newton: [f, [1, 2], {}],
      ballProximal: [1],
      boxProximal: [0, 1],
      l1Proximal: [1],
      softThreshold: [2, 1],
      brentMinimize: [(x: number) => (x - 1) ** 2, [0, 3], {}],
      brentRoot: [(x: number) => x - 1, [0, 3], {}],
      empiricalFisher: [A],
      hessianConvexity: [f, { lower: [0, 0], upper: [1, 1], samples: 20 }],
      midpointConvexity: [f.value, { lower: [0, 0], upper: [1, 1], samples: 20 }],
      stationaryKind: [A, 1e-8],
      euler: [(_t: number, y: Float64Array) => y, [0, 1], [1], {}],
      rk4: [(_t: number, y: Float64Array) => y, [0, 1], [1], {}],
      dormandPrince: [(_t: number, y: Float64Array) => y, [0, 1], [1], {}],
      odeSolve: [(_t: number, y: Float64Array) => y, [0, 1], [1], {}],
      ...Object.fromEntries(
        [
          "besselI0",
          "besselI0Scaled",
          "besselI1",
          "besselJ0",
          "besselJ1",
          "besselK0",
          "besselK1",
          "besselY0",
          "besselY1",
          "erf",
          "erfc",
          "erfcInv",
          "erfcx",
          "erfInv",
          "expIntegralE1",
          "expIntegralEi",
          "digamma",
          "gamma",
          "logFactorial",
          "logGamma",
          "trigamma",
          "log1mexp",
          "log1pmx",
          "logit",
          "logSigmoid",
          "sigmoid",
          "softplus",
          "normalCdf",
          "normalLogCdf",
          "normalPdf",
          "normalQuantile",
        ].map((k) => [k, [0.5]]),
      ),
      besselK: [1, 2],
      besselKScaled: [1, 2],
      beta: [1, 2],
      logBeta: [1, 2],
      logBinomial: [5, 2],
      multivariateLogGamma: [3, 2],
      betaInc: [1, 2, 0.3],
      betaIncComplement: [1, 2, 0.3],
      betaIncInv: [1, 2, 0.3],
      gammaP: [1, 2],
      gammaPInv: [1, 0.2],
      gammaQ: [1, 2],
      gammaQInv: [1, 0.2],
      lambertW: [1],
      logAddExp: [1, 2],
      xlog1py: [1, 2],
      xlogy: [1, 2],
      zeta: [2, 1],
    },
  ],
  stats: [
    stats,
    {
      bootstrap: [stat1, (x: number[]) => x[0], { repetitions: 50 }],
      bootstrapIndices: [s(), 5],
      chiSquareIndependence: [
        [
          [10, 20],
          [30, 5],
        ],
      ],
      chiSquareTest: [[10, 20, 30], { expected: [20, 20, 20] }],
      distanceCorrelation: [stat1, stat1],
      hsicTest: [stat1, num.concat(2), { permutations: 20 }],
      correlation: [stat1, stat1],
      covariance: [stat1, stat1],
      ecdf: [stat1],
      mean: [stat1],
      median: [stat1],
      mode: [stat1],
      quantile: [stat1, 0.5, 7],
      standardDeviation: [stat1],
      variance: [stat1, {}],
      estimatorProperties: [
        (x: number[]) => x[0],
        (st: { normal(): number }) => [st.normal()],
        { truth: 0, n: 2, repetitions: 10 },
      ],
      kolmogorovSf: [1],
      ksTest: [stat1, stat1],
      chooseMeanTest: [{ n: 10, sigmaKnown: true }],
      confidenceInterval: [stat1, { level: 0.95 }],
      tTest: [stat1, stat1, {}],
      tTestOneSample: [stat1, { mu: 0 }],
      tTestPaired: [stat1, num.concat(1), {}],
      zTest: [stat1, { sigma: 1 }],
      benjaminiHochberg: [[0.1, 0.2], 0.05],
      benjaminiYekutieli: [[0.1, 0.2], 0.05],
      bonferroni: [[0.1, 0.2], 0.05],
      familyWiseError: [0.05, 3],
      holm: [[0.1, 0.2], 0.05],
      mmdTest: [stat1, stat1, { permutations: 20 }],
      ensembleVariance: [1, 0.5, 3],
      varianceOfSum: [A, v],
      pValue: [1, stats.normal(), "two-sided"],
      bernoulli: [0.5],
      binomial: [5, 0.5],
      geometric: [0.5],
      hypergeometric: [10, 4, 3],
      negativeBinomial: [3, 0.5],
      poisson: [3],
      cauchy: [0, 1],
      laplace: [0, 1],
      logNormal: [0, 1],
      logistic: [0, 1],
      normal: [0, 1],
      studentT: [3, 0, 1],
      multivariateNormal: [v, A],
      betaDistribution: [1, 2],
      chiSquare: [2],
      exponential: [1],
      fDistribution: [2, 3],
      gammaDistribution: [2, 1],
      uniform: [0, 1],
      weibull: [1, 2],
      categorical: [[0.2, 0.8]],
      dirichlet: [[1, 2]],
      multinomial: [4, [0.2, 0.8]],
    },
  ],
  metrics: [
    metrics,
    {
      ...Object.fromEntries(
        [
          "accuracy",
          "balancedAccuracy",
          "cohenKappa",
          "confusionMatrix",
          "matthews",
          "classificationReport",
          "f1",
          "precision",
          "recall",
          "precisionRecallByClass",
        ].map((k) => [k, [lab, lab2, {}]]),
      ),
      binaryCounts: [lab, lab2, { positive: "b" }],
      fbeta: [lab, lab2, 2, {}],
      costThreshold: [{ falsePositive: 1, falseNegative: 2 }],
      expectedCost: [
        lab,
        lab2,
        Matrix.from([
          [0, 1],
          [2, 0],
        ]),
        {},
      ],
      minimumCostDecision: [
        P,
        Matrix.from([
          [0, 1],
          [2, 0],
        ]),
      ],
      ...Object.fromEntries(
        [
          "averagePrecision",
          "precisionRecallCurve",
          "rocAuc",
          "rocCurve",
          "brierScore",
          "brierDecomposition",
          "hingeLoss",
          "thresholdSweep",
        ].map((k) => [k, [yt, prob, {}]]),
      ),
      logLoss: [yt, P, {}],
      trapezoidArea: [v, v],
      selectThreshold: [yt, prob, { by: "youden" }],
      wilsonInterval: [0.5, 10, 0.95],
      ...Object.fromEntries(
        [
          "explainedVariance",
          "gammaDeviance",
          "huber",
          "mae",
          "mape",
          "maxError",
          "medianAe",
          "mse",
          "msle",
          "pinball",
          "poissonDeviance",
          "r2",
          "rmse",
          "smape",
          "wape",
          "withinTolerance",
        ].map((k) => [k, [num, num2, {}]]),
      ),
      dcg: [v, {}],
      ndcg: [v, {}],
      irrelevantShare: [[1, 0], 1],
      meanAveragePrecision: [
        [
          [1, 0],
          [0, 1],
        ],
        {},
      ],
      meanReciprocalRank: [[[1, 0]]],
      precisionAtK: [[1, 0], 1],
      rankByScore: [v, w],
      rankedAveragePrecision: [[1, 0], {}],
      recallAtK: [[1, 0], 1],
      reciprocalRank: [[1, 0]],
      topKAccuracy: [yt, P, { k: 1 }],
      getMetric: ["r2"],
      metricNames: ["regression"],
    },
  ],
  information: [
    information,
    {
      entropy: [[0.5, 0.5], {}],
      crossEntropy: [[0.5, 0.5], [0.2, 0.8], {}],
      crossEntropyFromLogits: [
        [0, 1],
        [1, 2],
      ],
      giniImpurity: [[0.5, 0.5]],
      jsDistance: [[0.5, 0.5], [0.2, 0.8], {}],
      jsDivergence: [[0.5, 0.5], [0.2, 0.8], {}],
      klDivergence: [[0.5, 0.5], [0.2, 0.8], {}],
      gaussianEntropy: [1],
      klGaussian: [
        { mean: 0, sd: 1 },
        { mean: 0, sd: 1 },
      ],
      conditionalEntropy: [P, {}],
      informationGain: [lab, lab2, {}],
      mutualInformation: [P, {}],
      mutualInformationKnn: [stat1, stat1, {}],
      mutualInformationLabels: [lab, lab2, {}],
      infoNce: [A],
      wasserstein: [stat1, stat1, {}],
    },
  ],
  calibration: [
    calibration,
    {
      betaCalibration: [prob, yt, {}],
      histogramBinning: [prob, yt, {}],
      isotonicCalibration: [prob, yt, {}],
      isotonicRegression: [v, w, {}],
      plattScaling: [prob, yt, {}],
      expectedCalibrationError: [yt, prob, {}],
      reliabilityDiagram: [yt, prob, {}],
      temperatureScaling: [P, [0, 1, 1, 1], {}],
    },
  ],
  linear: [
    linear,
    {
      hatMatrix: [Xs, {}],
      influence: [Xs, ys, {}],
      leverages: [Xs, {}],
      lassoPath: [Xs, ys, {}],
      ridgePath: [Xs, ys, [1, 2]],
      ballOutline: [{ kind: "l1", radius: 1 }, 20],
      ballValue: [v, { kind: "l1", radius: 1 }],
      crossPolytope: [3, 1],
      projectOntoBall: [v, { kind: "l1", radius: 1 }],
      contactPoint: [A, v, { kind: "l1", radius: 1 }],
    },
  ],
  data: [
    data,
    {
      closestNames: ["a", ["b"]],
      leakageReport: [T, "a", {}],
      quantile: [v, 0.5],
      selectRows: [T, [0]],
      trainTestSplit: [{ X: T }, {}],
      makeBlobs: [{}],
      makeCircles: [{}],
      makeClassification: [{}],
      makeImbalanced: [{}],
      makeMoons: [{}],
      makeMissing: [A, { rate: 0.2 }],
      makeFriedman1: [{}],
      makeRegression: [{}],
      makeSparseRegression: [{}],
      readCsv: ["a,b\n1,2\n", {}],
      writeCsv: [T, {}],
      booleanColumn: [[true]],
      categoryColumn: [["a"], ["a"]],
      numberColumn: [[1]],
      dateColumn: [[1]],
      textColumn: [["a"]],
    },
  ],
  selection: [
    selection,
    {
      crossValidate: [new linear.Ridge(), Xs, ys, { cv: 2 }],
      crossValPredict: [new linear.Ridge(), Xs, ys, { cv: 2 }],
      learningCurve: [new linear.Ridge(), Xs, ys, { cv: 2 }],
      validationCurve: [new linear.Ridge(), Xs, ys, { param: "alpha", values: [1], cv: 2 }],
      gridSearch: [new linear.Ridge(), Xs, ys, { alpha: [1] }, { cv: 2 }],
      randomSearch: [new linear.Ridge(), Xs, ys, { alpha: [1] }, { cv: 2, nIter: 2 }],
    },
  ],
  learningTheory: [learningTheory, { legendreFeatures: [Xs.map(([a]) => [a! / 20]), 2, [-1, 1]] }],
};

const HOSTILE: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0,
  1.5,
  1e300,
  1e-300,
  5e-324,
  "",
  "x",
  "__proto__",
  "constructor",
  "x".repeat(100_000),
  true,
  () => 1,
  () => Number.NaN,
  {},
  [],
  [Number.NaN],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [[]],
  [[Number.NaN]],
  [1],
  ["a"],
  [null],
  [undefined, undefined, undefined],
  [{}, {}, {}],
  [{}, 1, "a", null],
  [true, true, true, true],
  [[1, 2], [3]],
  [1e300, -1e300, 1e300],
  [1e300, -1e300, 1e300, 1e308],
  [1e300, 1e300, -1e300, 1e300, 1e300],
  [2, 2, 2, 2, 2],
  [5e-324, 1e-300, 1e-310, 0, 0],
  Matrix.zeros(0, 0),
  Matrix.zeros(0, 3),
  Matrix.zeros(3, 0),
  Matrix.zeros(3, 3),
  Matrix.from([[Number.NaN]]),
  A.scale(1e300),
  A.scale(1e-310),
  new Float64Array(0),
  new Date(Number.NaN),
  new Map(),
  { length: -1 },
  { length: 3 },
  { length: 1.5 },
];

const isOptions = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

/** Calls with one argument, or one option of it, replaced; what was replaced leads. */
function* variants(args: readonly unknown[]): Generator<[label: string, args: unknown[]]> {
  for (const [i, given] of args.entries()) {
    const put = (value: unknown) => args.map((a, j) => (j === i ? value : a));
    for (const [h, hostile] of HOSTILE.entries()) yield [`argument ${i}, hostile value ${h}`, put(hostile)];
    if (isOptions(given)) {
      for (const key of Object.keys(given))
        for (const [h, hostile] of HOSTILE.entries())
          yield [`argument ${i}.${key}, hostile value ${h}`, put({ ...given, [key]: hostile })];
    } else {
      yield [`argument ${i} null`, put(null)];
      yield [`arguments from ${i} on missing`, args.slice(0, i)];
    }
  }
}

describe.each(Object.entries(CALLS))("%s", (_, [exports, calls]) => {
  test.each(Object.entries(calls))("%s", (name, args) => {
    const call = (exports as Record<string, (...args: unknown[]) => unknown>)[name]!;
    expect(() => call(...args)).not.toThrow();
    for (const [label, hostile] of variants(args)) {
      const started = performance.now();
      try {
        call(...hostile);
      } catch (error) {
        expect(error, `${label}: ${(error as Error)?.stack}`).toBeInstanceOf(WhetstoneError);
        expect((error as Error).message, label).toMatch(/^[A-Za-z][\w. ()]*: ./);
      }
      expect(performance.now() - started, `${label}: milliseconds`).toBeLessThan(10_000);
    }
  });
});

describe("overflow and underflow give limits, not NaN", () => {
  test.each([
    ["besselK1(5e-324)", () => math.besselK1(5e-324), Number.POSITIVE_INFINITY],
    ["besselK(1e300, 1)", () => math.besselK(1e300, 1), Number.POSITIVE_INFINITY],
    ["besselK(Infinity, 1)", () => math.besselK(Number.POSITIVE_INFINITY, 1), Number.POSITIVE_INFINITY],
    ["kolmogorovSf(5e-324)", () => stats.kolmogorovSf(5e-324), 1],
    [
      "klGaussian of a far wider p",
      () => information.klGaussian({ mean: 0, sd: 1e300 }, { mean: 0, sd: 1 }),
      Number.POSITIVE_INFINITY,
    ],
  ])("%s", (_, run, expected) => {
    expect(run()).toBe(expected);
  });
});

describe("rows and columns that do not exist are refused", () => {
  test("selectRows and selectCols", () => {
    expect(() => A.selectRows([0, 3])).toThrow(
      "Matrix.selectRows: indices[1] is 3, expected an integer from 0 to 2",
    );
    expect(() => A.selectCols([-1])).toThrow("Matrix.selectCols: indices[0] is -1");
    expect(() => data.selectRows(v, [9])).toThrow("selectRows: indices[0] is 9");
  });
});

describe("sizes at which a call with all values as arguments would overflow the stack", () => {
  const n = 200_000;
  const unique = Array.from({ length: n }, (_, i) => `id ${i}`);
  test("many rows and many classes", () => {
    const y = Float64Array.from({ length: n }, (_, i) => i % 1000);
    expect(new data.StratifiedKFold({ nSplits: 2, bins: 10 }).split(n, y)).toHaveLength(2);
    const halves = Array.from({ length: n }, (_, i) => (i % 20 === 0 ? "a" : "b"));
    const { train } = data.trainTestSplit({ y: halves }, { stratify: halves }) as unknown as {
      train: { y: string[] };
    };
    expect(train.y.length).toBe(n * 0.75);
    expect(() => new data.StratifiedKFold({ nSplits: 2 }).split(n, unique)).toThrow("at most 1");
  });
});

describe("names that JavaScript treats specially are names like any other", () => {
  const names = ["__proto__", "constructor", "toString", "", "ключ 🗝"];
  test("columns", () => {
    const table = data.Table.fromColumns(names.map((name, j) => [name, [j, 1, 2]] as const));
    expect(table.names).toEqual(names);
    expect(table.select(["__proto__"]).toDesign("test").matrix.col(0)).toEqual(Float64Array.of(0, 1, 2));
    expect(() => table.select(["hasOwnProperty"])).toThrow("Table.select");
    const scaled = new data.StandardScaler().fit(table);
    expect(scaled.outputNames()).toEqual(names);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  test("labels", () => {
    const X = Array.from({ length: 50 }, (_, i) => [i % 5, i]);
    const y = X.map(([k]) => names[k!]!);
    const model = new linear.LogisticRegression({
      classWeight: JSON.parse('{"__proto__": 5, "constructor": 2}'),
    }).fit(X, y, { onWarning: () => {} });
    expect([...model.classes].sort()).toEqual([...names].sort());
    expect(metrics.confusionMatrix(y, y).labels).toHaveLength(5);
    expect(metrics.accuracy(y, model.predict(X))).toBeGreaterThan(0);
    const encoded = new data.OneHotEncoder().fit(data.Table.fromColumns({ y }));
    expect(encoded.outputNames()).toHaveLength(5);
  });
  test("parameters", () => {
    expect(() => new linear.Ridge(JSON.parse('{"__proto__": 1}'))).toThrow("Ridge: params is");
    expect(() => new linear.Ridge({ constructor: 1 } as never)).toThrow("Ridge: params is");
    expect(() => new linear.Ridge().with({ toString: 1 } as never)).toThrow("Ridge: params is");
  });
});
