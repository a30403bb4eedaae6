/**
 * No parameter is accepted and ignored: for every estimator of the registry and every parameter of its table,
 * two accepted values lead to different predictions, output columns, warnings or errors on some dataset.
 * Saved bytes do not count, since a model may merely store the parameter.
 */
import { describe, expect, test } from "vitest";
import type { Design, DesignSource, Param, ParamTable, Spec } from "../contract/index.ts";
import { Binarizer, StandardScaler, Table } from "../data/index.ts";
import { LogisticRegression, Ridge } from "../linear/index.ts";
import { Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import { CONFORMANCE } from "./conformance-subjects.ts";
import { estimators } from "./index.ts";

type Values = Readonly<Record<string, unknown>>;
type DataName = keyof typeof DATA;
interface Setting {
  readonly data?: DataName;
  readonly params?: Values;
}
interface Probe {
  /** Where to look, after the plain setting. */
  readonly settings?: readonly Setting[];
  /** Values of parameters that only a table can name. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
}

interface Dataset {
  readonly X: unknown;
  readonly y: readonly (number | string)[];
  readonly classes: readonly number[];
  /** Rows to predict beside those of training: other values, unknown categories. */
  readonly more: unknown;
}

const n = 160;
const random = randomStream(5);
const numbers = (rows: number) => Matrix.zeros(rows, 4).map(() => random.normal());
const target = (X: Matrix) =>
  Array.from({ length: X.rows }, (_, i) => {
    const [a, b, c, d] = X.row(i) as unknown as [number, number, number, number];
    return 2 * a - b + a * b * c + Math.sin(2 * d) + 0.3 * random.normal();
  });
const thirds = (y: readonly number[]) => y.map((v) => (v < -1 ? 0 : v < 1 ? 1 : 2));

function dataset(X: Matrix, more: Matrix, y = target(X)): Dataset {
  return { X, y, classes: thirds(y), more };
}
const plain = numbers(n);
const withCodes = (X: Matrix) => X.map((v, at) => (at % 4 < 2 ? Math.abs(Math.round(2 * v)) % 5 : v));
const coded = withCodes(plain);
const codedTarget = target(plain).map((v, i) => v + [0, 3, -3, 1, 4][coded.at(i, 0)]!);
const categorised = (matrix: Matrix): DesignSource => ({
  toDesign: (): Design => ({
    matrix,
    names: ["a", "b", "c", "d"],
    categories: [["v", "w", "x", "y", "z"], null, null, null],
  }),
});
const holes = (X: Matrix) => X.map((v, at) => (at % 7 === 3 && at % 4 !== 0 ? Number.NaN : v));
const days = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => new Date(from + i * 1000 * 3600 * 31));
const words = (count: number, unknown: boolean) =>
  Table.fromColumns({
    colour: Array.from({ length: count }, (_, i) =>
      unknown && i === 0 ? "never" : i < 2 ? "rare" : "rgb"[i % 3]!,
    ),
    two: Array.from({ length: count }, (_, i) => (i % 5 < 2 ? "no" : "yes")),
    gaps: Array.from({ length: count }, (_, i) => (i % 4 === 0 ? null : ["p", "q"][i % 2]!)),
  });
const several = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * i) % 29);

const DATA = {
  numbers: dataset(plain, numbers(20).scale(3)),
  positive: dataset(
    plain.map((v) => 1 / (1 + Math.exp(-v))),
    numbers(20).map((v) => 1 / (1 + Math.exp(-v))),
    target(plain).map((v) => Math.exp(v / 3)),
  ),
  wide: dataset(new Matrix(random.fillNormal(new Float64Array(n * 250)), n, 250), Matrix.zeros(1, 250)),
  collinear: dataset(
    plain.map((v, at) => (at % 4 === 3 ? plain.data[at - 1]! * (1 + 1e-9 * v) : v)),
    numbers(20),
  ),
  codes: dataset(coded, withCodes(numbers(20)), codedTarget),
  categories: { ...dataset(coded, coded, codedTarget), X: categorised(coded), more: categorised(coded) },
  missing: dataset(holes(plain), holes(numbers(20))),
  words: { X: words(n, false), y: several(n), classes: thirds(target(plain)), more: words(12, true) },
  classWords: {
    X: words(n, false),
    y: thirds(target(plain)),
    classes: thirds(target(plain)),
    more: words(12, true),
  },
  dates: {
    X: Table.fromColumns({ when: days(1.7e12, n) }),
    y: several(n),
    classes: several(n),
    more: Table.fromColumns({ when: days(1.6e12, 9) }),
  },
} satisfies Record<string, Dataset>;

const BOOSTING: Probe = {
  settings: [
    { params: { maxIter: 8 } },
    { data: "codes", params: { maxIter: 8, minSamplesLeaf: 5 } },
    { data: "categories", params: { maxIter: 8, minSamplesLeaf: 5 } },
    { params: { maxIter: 60, earlyStopping: true, nIterNoChange: 4 } },
    { params: { maxIter: 8, subsample: 0.5 } },
    { params: { maxIter: 8, loss: "quantile", quantile: 0.8 } },
    { data: "positive", params: { maxIter: 8 } },
  ],
  values: {
    categoricalFeatures: [null, [], [0], ["a"], [0, 1]],
    monotonicCst: [null, [1, 0, 0, 0], [-1, 0, 0, 0], { a: -1 }],
    interactionCst: [null, [[0], [1, 2]]],
    earlyStopping: ["auto", true, false],
    classWeight: [null, "balanced", { 0: 5 }],
  },
};

const PROBES: Readonly<Record<string, Probe>> = {
  DummyClassifier: {
    settings: [
      { params: { constant: 1 } },
      { params: { strategy: "constant" } },
      { params: { strategy: "uniform" } },
    ],
  },
  DummyRegressor: {
    settings: [
      { params: { constant: 1, quantile: 0.2 } },
      { params: { strategy: "quantile" } },
      { params: { strategy: "constant" } },
    ],
  },
  Lasso: { settings: [{ data: "collinear", params: { alpha: 0.01 } }] },
  LogisticRegression: { values: { classWeight: [null, "balanced", { 0: 5 }] } },
  Ridge: { settings: [{ data: "collinear", params: { alpha: 0 } }] },
  HistGradientBoostingClassifier: BOOSTING,
  HistGradientBoostingRegressor: BOOSTING,
  ColumnTransformer: {
    settings: [{ params: { transformers: [["scaled", new StandardScaler(), [0]]] } }],
    values: {
      transformers: [
        [["scaled", new StandardScaler(), [0]]],
        [["cut", new Binarizer(), [0]]],
        [["scaled", new StandardScaler(), [1]]],
      ],
    },
  },
  PCA: {
    settings: [
      { params: { nComponents: 2, svdSolver: "randomized" } },
      { params: { nComponents: 1, svdSolver: "randomized", nOversamples: 0, iteratedPower: 0 } },
      { data: "wide", params: { nComponents: 2 } },
    ],
    values: { nComponents: [null, 1, 2, 0.5, 0.9], iteratedPower: ["auto", 0, 1] },
  },
  KernelPCA: {
    settings: [
      { params: { nComponents: 2, kernel: "polynomial" } },
      { params: { nComponents: 2, kernel: "rbf", eigenSolver: "randomized" } },
      { params: { nComponents: 2, kernel: "rbf", fitInverseTransform: true } },
    ],
  },
  IncrementalPCA: { settings: [{ params: { nComponents: 2, batchSize: 20 } }] },
  TruncatedSVD: { settings: [{ params: { nComponents: 1, nIter: 0, nOversamples: 0 } }] },
  NMF: {
    settings: [
      { data: "positive", params: { nComponents: 2, alphaW: 0.01 } },
      { data: "positive", params: { nComponents: 2, init: "random" } },
    ],
  },
  FastICA: { settings: [{ params: { maxIter: 2 } }] },
  GaussianRandomProjection: { settings: [{ params: { nComponents: 2 } }, { data: "wide" }] },
  SparseRandomProjection: { settings: [{ params: { nComponents: 2 } }, { data: "wide" }] },
  GaussianMixture: {
    settings: [
      { params: { nComponents: 4 } },
      { params: { nComponents: 3, maxIter: 3, initParams: "random" } },
      { data: "collinear", params: { nComponents: 2 } },
    ],
  },
  TSNE: {
    settings: [
      { params: { perplexity: 30, maxIter: 250, init: "random" } },
      { params: { perplexity: 30, maxIter: 250, method: "barnesHut" } },
      { params: { perplexity: 5, maxIter: 500, nIterWithoutProgress: 1, learningRate: 1000 } },
      { params: { perplexity: 30, maxIter: 400, minGradNorm: 1 } },
    ],
    values: {
      maxIter: [250, 260],
      nIterWithoutProgress: [1, 300],
      nComponents: [1, 2, 3],
      angle: [0.2, 0.8],
    },
  },
  UMAP: {
    settings: [
      { params: { nEpochs: 10 } },
      { params: { nEpochs: 10, minDist: 0.5 } },
      { params: { nEpochs: 10, init: "random" } },
    ],
    values: { nEpochs: [null, 5, 10], minDist: [0, 0.5, 0.9] },
  },
  Isomap: { settings: [{ params: { nNeighbors: 30 } }] },
  MDS: { settings: [{ params: { init: "random", maxIter: 30 } }] },
  SpectralEmbedding: { settings: [{ params: { affinity: "rbf" } }] },
  Pipeline: {
    values: {
      steps: [
        [["model", new LogisticRegression()]],
        [
          ["cut", new Binarizer()],
          ["model", new LogisticRegression()],
        ],
        [["model", new Ridge()]],
      ],
    },
  },
  FrequencyEncoder: { settings: [{ data: "words" }] },
  OneHotEncoder: {
    settings: [
      { data: "words" },
      { data: "words", params: { minFrequency: 5 } },
      { data: "words", params: { handleUnknown: "ignore" } },
    ],
  },
  OrdinalEncoder: {
    settings: [{ data: "words" }, { data: "words", params: { handleUnknown: "useEncodedValue" } }],
  },
  TargetEncoder: { settings: [{ data: "words" }, { data: "classWords" }] },
  KNNImputer: { settings: [{ data: "missing" }] },
  MissingIndicator: { settings: [{ data: "missing" }] },
  SimpleImputer: { settings: [{ data: "missing" }, { data: "missing", params: { strategy: "constant" } }] },
  DateFeatures: {
    settings: [{ data: "dates" }],
    values: { features: [null, ["year"], ["month", "hour"]] },
  },
  FunctionTransformer: { settings: [{ data: "positive" }] },
  PowerTransformer: { settings: [{ data: "positive" }] },
  QuantileTransformer: { settings: [{ params: { nQuantiles: 10, subsample: 40 } }] },
  MinMaxScaler: {
    values: {
      featureRange: [
        [0, 1],
        [-1, 1],
      ],
    },
  },
  RobustScaler: {
    values: {
      quantileRange: [
        [25, 75],
        [10, 60],
      ],
    },
  },
};

/** Candidates for every kind of number, switch and word; each parameter takes those it accepts. */
const POOL = [null, true, false, 0, 0.01, 0.1, 0.25, 0.5, 0.9, 1, 2, 3, 5, 30, 1000];

/** Everything a user sees of one fit, as text; errors are marked. */
function observe(
  make: (params: Values) => Spec<ParamTable>,
  params: Values,
  { X, y, classes, more }: Dataset,
): string {
  const seen: string[] = [];
  const onWarning = (sentence: string) => seen.push(sentence);
  const attempt = (what: () => unknown) => {
    try {
      seen.push(digits(what()));
    } catch (error) {
      seen.push(`error ${(error as Error).message}`);
    }
  };
  attempt(() => {
    const spec = make(params);
    type Fitted = { readonly embedding: unknown } & Record<
      "predict" | "predictProba" | "transform" | "inverseTransform" | "outputNames",
      (X: unknown) => unknown
    >;
    const { fit, fitTransform } = spec as unknown as {
      fit(X: unknown, y: unknown, options: unknown): Fitted;
      fitTransform?(X: unknown, y: unknown, options: unknown): { transformed: unknown };
    };
    const labels = spec.kind === "classifier" ? classes : y;
    const model = fit.call(spec, X, labels, { onWarning });
    if (spec.kind === "embedding") attempt(() => model.embedding);
    for (const rows of [X, more]) {
      for (const method of ["predict", "predictProba", "transform"] as const) {
        if (typeof model[method] === "function") attempt(() => model[method](rows));
      }
    }
    if (spec.kind === "transformer") {
      if (typeof model.inverseTransform === "function")
        attempt(() => model.inverseTransform(model.transform(X)));
      attempt(() => model.outputNames(X));
      attempt(() => fitTransform!.call(spec, X, labels, { onWarning }).transformed);
    }
    return "";
  });
  return seen.join("\n");
}

function digits(value: unknown): string {
  if (value instanceof Matrix) return `${value.rows} x ${value.cols}: ${value.data.join()}`;
  if (value instanceof SparseMatrix) return digits(value.toDense());
  if (value instanceof Table) return digits(value.toDesign("parameters").matrix);
  return String(value);
}

describe.each(estimators().map((e) => [e.spec.typeName, e.spec] as const))("%s", (name, Estimator) => {
  const { settings = [], values = {} } = PROBES[name] ?? {};
  const base = CONFORMANCE[name]?.spec?.().params ?? {};
  const make = (params: Values) => new Estimator({ ...params });
  test("takes only what its table lists", () => {
    expect(() => make({ noSuchParameter: 1 })).toThrow("noSuchParameter");
    expect(Object.keys(new Estimator({ ...base }).params)).toEqual(Object.keys(Estimator.params));
  });
  test.each(Object.entries(Estimator.params))("%s matters", (key, param: Param<unknown>) => {
    const words = param.search && "values" in param.search ? param.search.values : [];
    const candidates =
      values[key] ?? [...new Set([param.default, ...words, ...POOL])].filter((v) => param.accepts(v));
    if (param.kind === "oneOf" && candidates.length === 1) {
      // A word with one possible value can say nothing else; a second one would be tested here.
      expect(words).toEqual(candidates);
      return;
    }
    for (const v of candidates) expect(param.accepts(v), `${key} accepts ${String(v)}`).toBe(true);
    const all: Setting[] = [{}, { params: base }, ...settings];
    const everyPair = param.kind === "oneOf" || param.kind === "bool";
    const alike = new Set<string>();
    for (let i = 0; i < candidates.length; i++) for (let j = 0; j < i; j++) alike.add(`${j} ${i}`);
    const pairs = alike.size;
    for (const { data = "numbers", params = {} } of all) {
      const seen = candidates.map((v) => observe(make, { ...params, [key]: v }, DATA[data]));
      for (const pair of [...alike]) {
        const [a, b] = pair.split(" ").map((k) => seen[Number(k)]!) as [string, string];
        // An error is an effect of a switch or word; a number must change what a working fit gives.
        const counts = everyPair || !(a.startsWith("error") || b.startsWith("error"));
        if (counts && a !== b) alike.delete(pair);
      }
      if (alike.size === 0 || (!everyPair && alike.size < pairs)) return;
    }
    const same = [...alike].map((pair) =>
      pair
        .split(" ")
        .map((k) => String(candidates[Number(k)]))
        .join(" = "),
    );
    expect.fail(`${name}.${key} has no effect in any setting: ${same.join("; ")}`);
  });
});
