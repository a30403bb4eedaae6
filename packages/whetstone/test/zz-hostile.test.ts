import { writeFileSync } from "node:fs";
import { test } from "vitest";
import { WhetstoneError } from "../src/errors.ts";
import * as math from "../src/math/index.ts";
import * as stats from "../src/stats/index.ts";
import * as metrics from "../src/metrics/index.ts";
import * as data from "../src/data/index.ts";
import * as linear from "../src/linear/index.ts";
import * as selection from "../src/selection/index.ts";
import * as information from "../src/information/index.ts";
import * as calibration from "../src/calibration/index.ts";
import * as lt from "../src/learning-theory/index.ts";
const { Matrix } = math;
const A = Matrix.from([[4, 1, 0], [1, 3, 1], [0, 1, 2]]);
const v = [1, 2, 3], w = [3, 1, 2];
const f = { value: (x: Float64Array) => x[0]! ** 2 + x[1]! ** 2, valueAndGradient(x: Float64Array, g: Float64Array) { g[0] = 2 * x[0]!; g[1] = 2 * x[1]!; return x[0]! ** 2 + x[1]! ** 2; } };
const lab = ["a", "b", "a", "b"], lab2 = ["a", "b", "b", "b"], prob = [0.2, 0.8, 0.4, 0.9], yt = [0, 1, 0, 1];
const P = Matrix.from([[0.8, 0.2], [0.1, 0.9], [0.6, 0.4], [0.2, 0.8]]);
const Xs = Array.from({ length: 20 }, (_, i) => [i, (i * 7) % 5]), ys = Xs.map(([a, b]) => a! - b! + 0.1 * ((a! * 3) % 4));
const cls = Xs.map(([a], i) => (i % 2 ? "u" : "v"));
const num = [1.5, 2.5, 3.1, 4.7], num2 = [1.1, 2.9, 3.3, 4.2];
const T = data.Table.fromColumns({ a: [1, 2, 3], b: ["x", "y", "x"] });
const s = () => math.randomStream(1);
const stat1 = [1.2, 2.3, 0.7, 3.1, 2.2];
const CALLS: Record<string, [unknown, Record<string, unknown[]>]> = {
  math: [math, {
    linearKernel: [v, w], rbfKernel: [v, w, 0.5], polynomialKernel: [v, w, { degree: 2 }], cosineKernel: [v, w], laplacianKernel: [v, w, 1], sigmoidKernel: [v, w, {}], gramMatrix: [A, { kind: "rbf", gamma: 1 }], evaluateKernel: [{ kind: "rbf", gamma: 1 }, v, w], polynomialFeatureMap: [v, 2],
    cholesky: [A], eig: [A], eigvals: [A], eigh: [A, {}], eighvals: [A], expm: [A], effectiveRank: [v], lowRankApproximation: [A, 1], mergeLowRank: [A, A, A, 1], rankForEnergy: [w, 0.9], spectralEnergyShare: [w, 2], lu: [A], logm: [A], powm: [A, 2], sqrtm: [A], symmetricFunction: [A, Math.exp], cond: [A, 2], norm: [A, "fro"], nullSpace: [A], pinv: [A], rank: [A, 1e-9], kronecker: [A, A], multiply: [A, A, {}], outer: [v, w], qr: [A, {}], det: [A], inverse: [A], lstsq: [A, v, {}], slogdet: [A], solve: [A, v, {}], svd: [A, {}], svdvals: [A], solveTriangular: [A, v, {}], randomizedSvd: [A, 2, { seed: 1 }], truncatedSvd: [A, 2],
    softmax: [v], logSoftmax: [v], logSumExp: [v], dot: [v, w], chebyshev: [v, w], cosineSimilarity: [v, w], euclidean: [v, w], manhattan: [v, w], minkowski: [v, w, 3], norm2: [v], pairwiseDistances: [A, A, "euclidean"], randomStream: [1],
    bfgs: [f, [1, 2], {}], conjugateGradient: [A, v, {}], jacobiPreconditioner: [A], nonlinearConjugateGradient: [f, [1, 2], {}], coordinateDescent: [f, [1, 2], {}], checkGradient: [f, [1, 2], {}], numericalGradient: [f.value, [1, 2], {}], numericalHessian: [f.value, [1, 2], {}], numericalJacobian: [(x: Float64Array) => x, [1, 2], {}], gradientDescent: [f, [1, 2], {}], lbfgs: [f, [1, 2], {}], lbfgsb: [f, [1, 2], { lower: 0 }, {}], gaussNewton: [{ residuals: (x: Float64Array) => x }, [1, 2], {}], levenbergMarquardt: [{ residuals: (x: Float64Array) => x }, [1, 2], {}], minimize: [f, [1, 2], {}], nelderMead: [f, [1, 2], {}], newton: [f, [1, 2], {}], ballProximal: [1], boxProximal: [0, 1], l1Proximal: [1], softThreshold: [2, 1], brentMinimize: [(x: number) => (x - 1) ** 2, [0, 3], {}], brentRoot: [(x: number) => x - 1, [0, 3], {}], empiricalFisher: [A],
    hessianConvexity: [f.value, [[0, 0]], {}], midpointConvexity: [f.value, { lower: [0, 0], upper: [1, 1] }], stationaryKind: [A, 1e-8], quadraticProgram: [{ Q: A, c: v }, {}], jensenGap: [Math.exp, v, {}], elboBound: [v, v],
    euler: [(t: number, y: Float64Array) => y, [0, 1], [1], {}], rk4: [(t: number, y: Float64Array) => y, [0, 1], [1], {}], dormandPrince: [(t: number, y: Float64Array) => y, [0, 1], [1], {}], odeSolve: [(t: number, y: Float64Array) => y, [0, 1], [1], {}],
    ...Object.fromEntries(["besselI0","besselI0Scaled","besselI1","besselJ0","besselJ1","besselK0","besselK1","besselY0","besselY1","erf","erfc","erfcInv","erfcx","erfInv","expIntegralE1","expIntegralEi","digamma","factorial","gamma","logFactorial","logGamma","trigamma","log1mexp","log1pmx","logit","logSigmoid","sigmoid","softplus","normalCdf","normalLogCdf","normalPdf","normalQuantile"].map((k) => [k, [0.5]])), besselK: [1, 2], besselKScaled: [1, 2], beta: [1, 2], logBeta: [1, 2], logBinomial: [5, 2], multivariateLogGamma: [3, 2], betaInc: [1, 2, 0.3], betaIncComplement: [1, 2, 0.3], betaIncInv: [1, 2, 0.3], gammaP: [1, 2], gammaPInv: [1, 0.2], gammaQ: [1, 2], gammaQInv: [1, 0.2], lambertW: [1], logAddExp: [1, 2], xlog1py: [1, 2], xlogy: [1, 2], zeta: [2, 1],
  }],
  stats: [stats, {
    bootstrap: [stat1, (x: number[]) => x[0], { resamples: 50 }], bootstrapIndices: [s(), 5], chiSquareIndependence: [[[10, 20], [30, 5]]], chiSquareTest: [[10, 20, 30], [20, 20, 20]], distanceCorrelation: [stat1, stat1], hsicTest: [stat1, stat1, { permutations: 20 }], correlation: [stat1, stat1], covariance: [stat1, stat1], ecdf: [stat1], mean: [stat1], median: [stat1], mode: [stat1], quantile: [stat1, 0.5, 7], standardDeviation: [stat1], variance: [stat1, {}], estimatorProperties: [(x: number[]) => x[0], (st: { normal(): number }, n: number) => [st.normal()], { truth: 0, n: 2, repetitions: 10 }], kolmogorovSf: [1], ksTest: [stat1, stat1], chooseMeanTest: [stat1, stat1, {}], confidenceInterval: [stat1, 0.95], tTest: [stat1, stat1, {}], tTestOneSample: [stat1, 0, {}], tTestPaired: [stat1, num.concat(1), {}], zTest: [stat1, 0, 1], benjaminiHochberg: [[0.1, 0.2], 0.05], benjaminiYekutieli: [[0.1, 0.2], 0.05], bonferroni: [[0.1, 0.2], 0.05], familyWiseError: [0.05, 3], holm: [[0.1, 0.2], 0.05], mmdTest: [stat1, stat1, { permutations: 20 }], ensembleVariance: [1, 0.5, 3], varianceOfSum: [A, v], pValue: [1, stats.normal(), "two-sided"],
    bernoulli: [0.5], binomial: [5, 0.5], geometric: [0.5], hypergeometric: [10, 4, 3], negativeBinomial: [3, 0.5], poisson: [3], cauchy: [0, 1], laplace: [0, 1], logNormal: [0, 1], logistic: [0, 1], normal: [0, 1], studentT: [3, 0, 1], multivariateNormal: [v, A], betaDistribution: [1, 2], chiSquare: [2], exponential: [1], fDistribution: [2, 3], gammaDistribution: [2, 1], uniform: [0, 1], weibull: [1, 2], categorical: [[0.2, 0.8]], dirichlet: [[1, 2]], multinomial: [4, [0.2, 0.8]],
  }],
  metrics: [metrics, {
    ...Object.fromEntries(["accuracy", "balancedAccuracy", "cohenKappa", "confusionMatrix", "matthews", "classificationReport", "f1", "precision", "recall", "precisionRecallByClass"].map((k) => [k, [lab, lab2, {}]])), binaryCounts: [lab, lab2, { positive: "b" }], fbeta: [lab, lab2, { beta: 2 }], costThreshold: [{ falsePositive: 1, falseNegative: 2 }], expectedCost: [lab, lab2, A, {}], minimumCostDecision: [P, Matrix.from([[0, 1], [2, 0]])], ...Object.fromEntries(["averagePrecision", "precisionRecallCurve", "rocAuc", "rocCurve", "brierScore", "brierDecomposition", "hingeLoss", "thresholdSweep"].map((k) => [k, [yt, prob, {}]])), logLoss: [yt, P, {}], trapezoidArea: [v, v], selectThreshold: [yt, prob, "f1"], wilsonInterval: [0.5, 10, 0.95], sliceEvaluation: [lab, lab2, T, {}],
    ...Object.fromEntries(["explainedVariance", "gammaDeviance", "huber", "mae", "mape", "maxError", "medianAe", "mse", "msle", "pinball", "poissonDeviance", "r2", "rmse", "smape", "wape", "withinTolerance"].map((k) => [k, [num, num2, {}]])), dcg: [v, {}], ndcg: [v, {}], irrelevantShare: [[1, 0], 1], meanAveragePrecision: [[[1, 0], [0, 1]], {}], meanReciprocalRank: [[[1, 0]]], precisionAtK: [[1, 0], 1], rankByScore: [v, w], rankedAveragePrecision: [[1, 0], {}], recallAtK: [[1, 0], 1], reciprocalRank: [[1, 0]], topKAccuracy: [yt, P, { k: 1 }], getMetric: ["r2"], metricNames: ["regression"],
  }],
  information: [information, { entropy: [[0.5, 0.5], {}], crossEntropy: [[0.5, 0.5], [0.2, 0.8], {}], crossEntropyFromLogits: [[0, 1], [1, 2]], giniImpurity: [[0.5, 0.5]], jsDistance: [[0.5, 0.5], [0.2, 0.8], {}], jsDivergence: [[0.5, 0.5], [0.2, 0.8], {}], klDivergence: [[0.5, 0.5], [0.2, 0.8], {}], gaussianEntropy: [{ mean: 0, sd: 1 }], klGaussian: [{ mean: 0, sd: 1 }, { mean: 0, sd: 1 }], conditionalEntropy: [[[0.5, 0], [0, 0.5]], {}], informationGain: [lab, lab2, {}], mutualInformation: [[[0.5, 0], [0, 0.5]], {}], mutualInformationKnn: [stat1, stat1, {}], mutualInformationLabels: [lab, lab2, {}], infoNce: [A], wasserstein: [stat1, stat1, {}] }],
  calibration: [calibration, { betaCalibration: [prob, yt, {}], histogramBinning: [prob, yt, {}], isotonicCalibration: [prob, yt, {}], isotonicRegression: [v, w, {}], plattScaling: [prob, yt, {}], expectedCalibrationError: [yt, prob, {}], reliabilityDiagram: [yt, prob, {}], temperatureScaling: [A, [0, 1, 2], {}] }],
  linear: [linear, { hatMatrix: [Xs, {}], influence: [Xs, ys, {}], leverages: [Xs, {}], lassoPath: [Xs, ys, {}], ridgePath: [Xs, ys, [1, 2]], ballOutline: [{ p: 1, radius: 1 }, 20], ballValue: [v, { p: 1, radius: 1 }], crossPolytope: [3, 1], projectOntoBall: [v, { p: 1, radius: 1 }], contactPoint: [A, v, { p: 1, radius: 1 }] }],
  data: [data, { closestNames: ["a", ["b"]], duplicatesAcross: [T, T, {}], leakageReport: [T, T, {}], quantile: [v, 0.5], selectRows: [T, [0]], trainTestSplit: [T, {}], makeBlobs: [{}], makeCircles: [{}], makeClassification: [{}], makeImbalanced: [{}], makeMoons: [{}], makeMissing: [A, { rate: 0.2 }], makeFriedman1: [{}], makeRegression: [{}], makeSparseRegression: [{}], readCsv: ["a,b\n1,2\n", {}], writeCsv: [T, {}], booleanColumn: [[true]], categoryColumn: [["a"], ["a"]], numberColumn: [[1]], dateColumn: [[1]], textColumn: [["a"]] }],
  selection: [selection, { crossValidate: [new linear.Ridge(), Xs, ys, { cv: 2 }], crossValPredict: [new linear.Ridge(), Xs, ys, { cv: 2 }], learningCurve: [new linear.Ridge(), Xs, ys, { cv: 2 }], validationCurve: [new linear.Ridge(), Xs, ys, { param: "alpha", values: [1], cv: 2 }], gridSearch: [new linear.Ridge(), Xs, ys, { alpha: [1] }, { cv: 2 }], randomSearch: [new linear.Ridge(), Xs, ys, { alpha: [1] }, { cv: 2, nIter: 2 }] }],
  lt: [lt, { legendreFeatures: [Xs.map(([a]) => [a! / 20]), 2, [-1, 1]] }],
};
const SKIP = (process.env.SKIP ?? '').split(',');
const HOSTILE: [string, unknown][] = [["null", null], ["NaN", NaN], ["Inf", Infinity], ["-1", -1], ["0", 0], ["1.5", 1.5], ["1e300", 1e300], ["1e-300", 1e-300], ["5e-324", 5e-324], ["''", ""], ["'x'", "x"], ["__proto__", "__proto__"], ["{}", {}], ["[]", []], ["[NaN]", [NaN]], ["[Inf]", [Infinity, -Infinity]], ["[[]]", [[]]], ["[[NaN]]", [[NaN]]], ["[1]", [1]], ["[a]", ["a"]], ["[null]", [null]], ["[undefined x3]", [undefined, undefined, undefined]], ["[{}x3]", [{}, {}, {}]], ["true", true], ["fn", () => 1], ["fnNaN", () => NaN], ["1n", 1n], ["sym", Symbol.for("q")], ["M0", Matrix.zeros(0, 0)], ["MNaN", new Matrix(Float64Array.of(NaN), 1, 1)], ["M0x3", Matrix.zeros(0, 3)], ["M3x0", Matrix.zeros(3, 0)], ["M3x3zero", Matrix.zeros(3, 3)], ["huge3", A.scale(1e300)], ["tiny3", A.scale(1e-310)], ["f64", new Float64Array(0)], ["Date", new Date(NaN)], ["len-1", { length: -1 }], ["len3", { length: 3 }], ["[,1,2]", [, 1, 2]], ["v1e300", [1e300, -1e300, 1e300]], ["v1e300x4", [1e300, -1e300, 1e300, 1e308]], ["v5", [1e300, 1e300, -1e300, 1e300, 1e300]], ["v5c", [2, 2, 2, 2, 2]], ["v5t", [5e-324, 1e-300, 1e-310, 0, 0]], ["[4 labels bad]", [{}, 1, "a", null]], ["4bool", [true, true, true, true]], ["rows ragged", [[1, 2], [3]]], ["Map", new Map()], ["str1e5", "x".repeat(100000)]];
test("hostile", () => {
  const out: string[] = [];
  const counts: Record<string, number> = {};
  const bad = (key: string, line: string) => { counts[key] = (counts[key] ?? 0) + 1; if (counts[key]! <= 4) out.push(line); };
  for (const [mod, [ns, calls]] of Object.entries(CALLS)) {
    const listed = new Set(Object.keys(calls));
    for (const [k, fn] of Object.entries(ns as object)) if (typeof fn === "function" && !/^[A-Z]/.test(k) && !listed.has(k)) out.push(`UNCOVERED ${mod}.${k}`);
    for (const [name, args] of Object.entries(calls)) { if (SKIP.includes(name)) continue;  writeFileSync("/tmp/rev/hostile.txt", out.join("\n"));
      const fn = (ns as Record<string, (...a: unknown[]) => unknown>)[name]!;
      try { fn(...args); } catch (e) { out.push(`BASE ${mod}.${name}: ${(e as Error).message}`); continue; }
      for (let i = 0; i < args.length; i++) {
        const variants: [string, unknown[]][] = HOSTILE.map(([n, h]) => [`arg${i}=${n}`, args.map((a, j) => (j === i ? h : a))]);
        variants.push([`arg${i} missing`, args.slice(0, i)]);
        const a = args[i];
        if (a && typeof a === "object" && Object.getPrototypeOf(a) === Object.prototype) for (const k of Object.keys(a)) for (const [n, h] of HOSTILE) variants.push([`arg${i}.${k}=${n}`, args.map((x, j) => (j === i ? { ...a, [k]: h } : x))]);
        for (const [label, call] of variants) {

          writeFileSync('/tmp/rev/at.txt', `${mod}.${name} ${label}`); const t = performance.now();
          try { const r = fn(...call); 
            if (typeof r === "number" && Number.isNaN(r) && !/NaN|Inf|MNaN/.test(label)) bad(`nan ${name}`, `NAN ${mod}.${name} ${label}`);
          } catch (e) {
            const err = e as Error;
            if (!(err instanceof WhetstoneError)) bad(`throw ${name} ${i}`, `THROW ${mod}.${name} ${label}: ${err?.name} ${err?.message?.slice(0, 100)} @ ${String(err?.stack).split("\n").find((l) => l.includes("/src/") )?.trim().replace(/.*\/src\//, "")}`);
            else if (!/^[A-Za-z.]+( |\w|\.)*: /.test(err.message)) bad(`msg ${name}`, `MSG ${mod}.${name} ${label}: ${err.message}`);
            else if (!err.message.includes(name)) bad(`where ${name}`, `WHERE ${mod}.${name} ${label}: ${err.message.slice(0, 120)}`);
          }
          const dt = performance.now() - t;
          if (dt > 1500) bad(`slow ${name}`, `SLOW ${mod}.${name} ${label} ${dt | 0}`);

        }
      }
    }
  }
  writeFileSync("/tmp/rev/hostile.txt", out.join("\n"));
}, 300000);
