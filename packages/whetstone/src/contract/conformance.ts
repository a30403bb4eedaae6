/**
 * What every estimator promises, as checks that run on each. A check throws a sentence when the promise is
 * broken. A subject may decline a check only with a reason in `except`.
 */
import { AbortError, WhetstoneError } from "../errors.ts";
import { getThreads, setThreads } from "../kernels/index.ts";
import { Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import type { EmbeddingModel } from "./embedding.ts";
import type {
  ClassifierModel,
  Model,
  RegressorModel,
  Spec,
  SpecClass,
  TransformerModel,
} from "./estimator.ts";
import type { Design, DesignSource, Label, MatrixLike } from "./input.ts";
import type { ParamTable } from "./params.ts";
import type { FitOptions } from "./run.ts";
import type { ClustererModel, DetectorModel } from "./unsupervised.ts";

export interface Subject {
  readonly spec: Spec<ParamTable>;
  readonly load: (bytes: Uint8Array) => unknown;
  readonly decodeSpec: (bytes: Uint8Array) => unknown;
  readonly encode: (value: unknown) => Uint8Array;
  /** Features must be positive, e.g. for Box-Cox. */
  readonly positive?: boolean;
  /** Targets must be positive, e.g. for a gamma loss. */
  readonly positiveTarget?: boolean;
  /** NaN in X is data rather than an error. */
  readonly allowsMissing?: boolean;
  /** Takes `sampleWeight`, and weight k equals k copies of the row to this tolerance. */
  readonly weights?: number;
  /** The order of training rows changes predictions by at most this. */
  readonly rowOrder?: number;
  /** Turns rows of numbers into what the estimator reads, such as texts. */
  readonly input?: (X: Matrix) => unknown;
  /** Names of checks that do not apply, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

export interface ConformanceCheck {
  readonly name: string;
  readonly skip?: string;
  run(): unknown;
}

type Fit = (X: unknown, y: unknown, options?: FitOptions) => Model;

const ROWS = 60;
const COLS = 4;

export function conformanceChecks(subject: Subject): ConformanceCheck[] {
  const { spec } = subject;
  const ctor = spec.constructor as SpecClass & { readonly typeName: string };
  const name = ctor.typeName;
  const data = sampleData(subject);
  const asInput = (X: unknown): unknown => (subject.input && X instanceof Matrix ? subject.input(X) : X);
  const fitSpec = (s: Spec<ParamTable>, X: unknown, y: unknown, options?: FitOptions): Model =>
    (s as unknown as { fit: Fit }).fit(asInput(X), y, { onWarning: () => {}, ...options });
  const fit = (X: unknown, y: unknown, options?: FitOptions) => fitSpec(spec, X, y, options);
  const output = (model: Model, X: MatrixLike): Float64Array =>
    outputOf(spec, model, asInput(X) as MatrixLike);
  const checks: ConformanceCheck[] = [];
  const check = (title: string, run: () => unknown, applies = true) => {
    const skip = subject.except?.[title];
    if (applies) checks.push({ name: title, ...(skip !== undefined && { skip }), run });
  };
  const supervised = spec.kind === "classifier" || spec.kind === "regressor";

  check("refit equals first fit", () => {
    sameBytes(fit(data.X, data.y).save(), fit(data.X, data.y).save(), "two fits on the same data differ");
  });

  check("one thread equals two threads", () => {
    const before = getThreads();
    try {
      setThreads(1);
      const one = fit(data.X, data.y).save();
      setThreads(2);
      sameBytes(one, fit(data.X, data.y).save(), "the number of threads changes the model");
    } finally {
      setThreads(before);
    }
  });

  check("inputs are not written to", () => {
    const X = data.X.clone();
    const y = data.y.slice();
    const model = fit(X, y);
    output(model, X);
    close(X.data, data.X.data, 0, "fit or predict changed X");
    assert(
      y.every((v, i) => v === data.y[i]),
      "fit changed y",
    );
  });

  check("predictions of a subset equal the subset of predictions", () => {
    const model = fit(data.X, data.y);
    const all = output(model, data.X);
    const width = all.length / ROWS;
    const rows = [5, 0, 17, 31];
    const some = output(model, data.X.selectRows(rows));
    const expected = rows.flatMap((i) => Array.from(all.subarray(i * width, (i + 1) * width)));
    close(some, expected, 1e-12, "predicting rows alone and among others differs");
  });

  check(
    "the order of training rows does not matter",
    () => {
      const order = Array.from({ length: ROWS }, (_, i) => (i * 7 + 3) % ROWS);
      const first = output(fit(data.X, data.y), data.X);
      const y = order.map((i) => data.y[i]!);
      close(
        output(fit(data.X.selectRows(order), y), data.X),
        first,
        subject.rowOrder!,
        "row order changed predictions",
      );
    },
    subject.rowOrder !== undefined,
  );

  check(
    "a weight of k equals k copies",
    () => {
      const copies = Array.from({ length: ROWS }, (_, i) => Math.floor(i / 3) % 3);
      const order = copies.flatMap((k, i) => new Array<number>(k).fill(i));
      const weighted = fit(data.X, data.y, { sampleWeight: copies });
      const y = order.map((i) => data.y[i]!);
      close(
        output(weighted, data.X),
        output(fit(data.X.selectRows(order), y), data.X),
        subject.weights!,
        "weights and copies differ",
      );
    },
    subject.weights !== undefined,
  );

  check("bad weights are refused", () => {
    const weights = new Array<number>(ROWS).fill(1);
    const bad = (value: number) => weights.map((_, i) => (i === 4 ? value : 1));
    for (const sampleWeight of [weights.slice(1), bad(-1), bad(Number.NaN), weights.map(() => 0)]) {
      refused(() => fit(data.X, data.y, { sampleWeight }), name, "sampleWeight");
    }
  });

  check("one row, one column, a constant column: a result or a sentence", () => {
    const oneColumn = data.X.selectCols([0]);
    const constant = data.X.clone();
    for (let i = 0; i < ROWS; i++) constant.set(i, 1, 2);
    for (const [X, y] of [
      [data.X.selectRows([0]), data.y.slice(0, 1)],
      [oneColumn, data.y],
      [constant, data.y],
    ] as const) {
      const model = resultOrSentence(() => fit(X, y), name);
      if (model) finite(output(model, X));
    }
  });

  check("no rows and no columns are refused", () => {
    refused(() => fit(Matrix.zeros(0, COLS), []), name, "X");
    refused(() => fit(Matrix.zeros(3, 0), data.y.slice(0, 3)), name, "X");
  });

  check(
    "NaN in X is refused with its place",
    () => refused(() => fit(withValue(data.X, Number.NaN), data.y), name, "row 2"),
    !subject.allowsMissing,
  );
  check("infinity in X is refused with its place", () =>
    refused(() => fit(withValue(data.X, Number.POSITIVE_INFINITY), data.y), name, "row 2"),
  );
  check(
    "NaN in X is taken as missing",
    () => finite(output(fit(withValue(data.X, Number.NaN), data.y), data.X)),
    subject.allowsMissing === true,
  );

  check("X of another kind is refused", () => {
    refused(() => fit("text", data.y), name, "X");
    refused(() => fit([[1, 2], [3]], data.y.slice(0, 2)), name, "X");
    refused(() => fit([["a"], ["b"]], data.y.slice(0, 2)), name, "X");
  });

  check("a wrong number of columns at prediction is refused", () => {
    const model = fit(data.X, data.y);
    const error = refused(() => output(model, data.X.selectCols([0, 1, 2])), "", "3 columns");
    assert(
      error.message.includes(`expected ${COLS}`),
      `the message does not say what was expected: ${error.message}`,
    );
  });

  check(
    "y of another length or with holes is refused",
    () => refused(() => fit(data.X, data.y.slice(1)), name, "y"),
    supervised,
  );
  check(
    "NaN and infinity in y are refused",
    () => {
      const y = data.y as number[];
      refused(
        () =>
          fit(
            data.X,
            y.map((v, i) => (i === 3 ? Number.NaN : v)),
          ),
        name,
        "y",
      );
      refused(
        () =>
          fit(
            data.X,
            y.map((v, i) => (i === 3 ? Number.POSITIVE_INFINITY : v)),
          ),
        name,
        "y",
      );
    },
    spec.kind === "regressor",
  );

  check("saving and loading keeps the model", () => {
    const model = fit(data.X, data.y);
    const bytes = model.save();
    const again = subject.load(bytes) as Model;
    assert(again.constructor === model.constructor, "load gave another class");
    close(output(again, data.X), output(model, data.X), 0, "the loaded model predicts otherwise");
    sameBytes(again.save(), bytes, "saving the loaded model gives other bytes");
  });

  check("a damaged file is refused", () => {
    const bytes = fit(data.X, data.y).save();
    for (const damaged of [
      bytes.slice(0, bytes.length - 9),
      bytes.slice(0, 5),
      bytes.map((b, i) => (i === 12 ? b ^ 0x55 : b)),
    ]) {
      const error = refused(() => subject.load(damaged), "load", "");
      assert(error.code === "format", `code is ${error.code}, expected format`);
    }
  });

  check("the specification survives encoding", () => {
    const again = subject.decodeSpec(subject.encode(spec)) as Spec<ParamTable>;
    assert(again.constructor === spec.constructor, "decoding gave another class");
    sameBytes(subject.encode(again), subject.encode(spec), "decoding changed parameters");
  });

  check("parameters are immutable, checked, and changed by with", () => {
    assert(Object.isFrozen(spec.params), "params can be written to");
    assert(spec.with({}) !== spec, "with gave the same object");
    refused(() => spec.with({ noSuchParameter: 1 } as never), name, "noSuchParameter");
    for (const [key, param] of Object.entries(ctor.params)) {
      assert(param.accepts(spec.params[key]), `${key}: the value in use is not accepted`);
      for (const bad of [Number.NaN, { odd: true }, Symbol.for("x")]) {
        if (!param.accepts(bad)) refused(() => spec.with({ [key]: bad } as never), name, key);
      }
      assert(!param.accepts(Symbol.for("x")), `${key}: accepts anything`);
    }
  });

  check(
    "labels keep their type",
    () => {
      const codes = data.y as number[];
      for (const labels of [
        codes.map((c) => `class ${c}`),
        codes.map((c) => 10 * c),
        codes.map((c) => c === 1),
      ] as Label[][]) {
        const model = fit(data.X, labels) as ClassifierModel;
        const kinds = new Set(model.predict(data.X).map((v) => typeof v));
        assert(
          kinds.size === 1 && kinds.has(typeof labels[0]),
          `predict gives ${[...kinds]}, y held ${typeof labels[0]}`,
        );
        assert(
          model.classes.every((c) => labels.includes(c)),
          "classes holds a label that y did not",
        );
      }
      refused(
        () =>
          fit(
            data.X,
            codes.map((c, i) => (i === 5 ? "x" : c)),
          ),
        name,
        "y",
      );
    },
    spec.kind === "classifier",
  );

  check(
    "probabilities are probabilities",
    () => {
      const model = fit(data.X, data.y) as ClassifierModel;
      const P = model.predictProba(data.X);
      assert(P.cols === model.classes.length && P.rows === ROWS, "predictProba has a wrong shape");
      for (let i = 0; i < P.rows; i++) {
        let total = 0;
        for (const p of P.row(i)) {
          assert(p >= 0 && p <= 1, `probability ${p} at row ${i}`);
          total += p;
        }
        assert(Math.abs(total - 1) < 1e-9, `row ${i} sums to ${total}`);
      }
    },
    spec.kind === "classifier",
  );

  check(
    "one class: a result or a sentence",
    () => {
      const y = new Array<number>(ROWS).fill(7);
      const model = resultOrSentence(() => fit(data.X, y), name) as ClassifierModel | null;
      if (model)
        assert(
          model.predict(data.X).every((v) => v === 7),
          "predicts a class it never saw",
        );
    },
    spec.kind === "classifier",
  );

  check("every form of X gives the same", () => {
    const expected = output(fit(data.X, data.y), data.X);
    const rounded = new Matrix(Float32Array.from(data.X.data), ROWS, COLS);
    close(output(fit(data.X.toArray(), data.y), data.X.toArray()), expected, 0, "nested arrays differ");
    close(
      output(fit(SparseMatrix.fromDense(data.X), data.y), SparseMatrix.fromDense(data.X)),
      expected,
      1e-9,
      "a sparse matrix differs",
    );
    // The sample holds numbers that float32 represents exactly.
    close(output(fit(rounded, data.y), rounded), expected, 0, "a float32 matrix differs");
  });

  check("named columns are remembered and matched", () => {
    const names = ["alpha", "beta", "gamma", "delta"];
    const model = fit(named(data.X, names), data.y);
    assert(model.featureNames?.join() === names.join(), `featureNames is ${model.featureNames}`);
    const order = [2, 0, 3, 1];
    const shuffled = named(
      data.X.selectCols(order),
      order.map((j) => names[j]!),
    );
    close(
      output(model, shuffled),
      output(model, named(data.X, names)),
      0,
      "columns in another order change predictions",
    );
    refused(() => output(model, named(data.X, ["alpha", "beta", "gamma", "other"])), "", "delta");
  });

  check("an aborted signal stops fit", () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const error = refused(() => fit(data.X, data.y, { signal: controller.signal }), name, "enough");
    assert(
      error instanceof AbortError && error.name === "AbortError",
      `threw ${error.name}, expected AbortError`,
    );
  });

  check("aborting from onProgress stops before the next step, and the same spec fits again", () => {
    const controller = new AbortController();
    let calls = 0;
    const onProgress = () => {
      calls++;
      controller.abort(new Error("enough"));
    };
    let error: unknown = null;
    try {
      fit(data.X, data.y, { signal: controller.signal, onProgress });
    } catch (thrown) {
      error = thrown;
    }
    const steps = Object.keys(ctor.params).some((key) => key === "maxIter");
    assert(calls > 0 || !steps, "an iterative fit reports no progress, so that nothing can stop it");
    if (calls > 0) {
      assert(error instanceof AbortError, `threw ${error}, expected AbortError`);
      assert(calls === 1, `${calls} steps ran after the abort`);
    }
    const fresh = subject.decodeSpec(subject.encode(spec)) as Spec<ParamTable>;
    sameBytes(
      fit(data.X, data.y).save(),
      fitSpec(fresh, data.X, data.y).save(),
      "the aborted fit left a trace in the spec",
    );
  });

  check("an error thrown by onProgress reaches the caller", () => {
    const own = new Error("from the callback");
    let calls = 0;
    let error: unknown = null;
    try {
      fit(data.X, data.y, {
        onProgress() {
          calls++;
          throw own;
        },
      });
    } catch (thrown) {
      error = thrown;
    }
    assert(calls === 0 || error === own, `threw ${error}, expected the callback's own error`);
  });

  check("progress rises to its total", () => {
    const seen: number[] = [];
    let end = 0;
    fit(data.X, data.y, {
      onProgress({ done, total, phase }) {
        assert(done >= 0 && done <= total && phase !== "", `progress ${done} of ${total} ${phase}`);
        seen.push(done);
        end = total;
      },
    });
    assert(
      seen.every((done, i) => i === 0 || done >= seen[i - 1]!),
      `progress falls: ${seen}`,
    );
    if (seen.length > 0) assert(seen.at(-1)! > 0 && end > 0, "progress stopped at 0");
  });

  check("fitAsync equals fit", async () => {
    const { fitAsync } = spec as unknown as {
      fitAsync(X: unknown, y: unknown, o: FitOptions): Promise<Model>;
    };
    const model = await fitAsync.call(spec, asInput(data.X), data.y, { onWarning: () => {} });
    sameBytes(model.save(), fit(data.X, data.y).save(), "the model from the worker differs");
  });

  return checks;
}

interface Sample {
  readonly X: Matrix;
  readonly y: number[];
}

/** Numbers that are exact in float32, three classes that overlap a little, or a noisy linear target. */
function sampleData(subject: Subject): Sample {
  const random = randomStream(11);
  const X = Matrix.zeros(ROWS, COLS);
  const y: number[] = [];
  for (let i = 0; i < ROWS; i++) {
    const group = i % 3;
    for (let j = 0; j < COLS; j++) {
      const v = random.normal() + (j === group ? 2 : 0);
      X.set(i, j, Math.fround(subject.positive ? Math.abs(v) + 0.1 : v));
    }
    const target = 2 * X.at(i, 0) - X.at(i, 1) + 0.3 * random.normal();
    y.push(
      subject.spec.kind === "regressor" ? (subject.positiveTarget ? Math.exp(target / 3) : target) : group,
    );
  }
  return { X, y };
}

/** Everything a model says about X, as one list of numbers. */
function outputOf(spec: Spec<ParamTable>, model: Model, X: MatrixLike): Float64Array {
  if (spec.kind === "classifier") {
    const classifier = model as ClassifierModel;
    if (classifier.givesProbabilities) return classifier.predictProba(X).data;
    return (classifier as unknown as { decisionFunction(X: MatrixLike): Matrix }).decisionFunction(X).data;
  }
  if (spec.kind === "transformer") {
    const out = (model as TransformerModel).transform(X);
    if (out instanceof Matrix) return Float64Array.from(out.data);
    if (out instanceof SparseMatrix) return out.toDense().data;
    return (out as DesignSource).toDesign("conformance").matrix.data;
  }
  if (spec.kind === "embedding") return (model as EmbeddingModel).embedding.data;
  if (spec.kind === "density")
    return (model as unknown as { scoreSamples(X: MatrixLike): Float64Array }).scoreSamples(X);
  if (spec.kind === "detector") return (model as DetectorModel).decisionFunction(X);
  if (spec.kind === "clusterer" && !("predict" in model))
    return Float64Array.from((model as unknown as ClustererModel).labels);
  return Float64Array.from((model as RegressorModel).predict(X));
}

const named = (matrix: Matrix, names: readonly string[]): DesignSource => ({
  toDesign: (): Design => ({ matrix, names, categories: null }),
});

function withValue(X: Matrix, value: number): Matrix {
  const out = X.clone();
  out.set(2, 1, value);
  return out;
}

function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number, sentence: string): void {
  assert(a.length === b.length, `${sentence}: ${a.length} numbers against ${b.length}`);
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!);
    const both = Number.isNaN(a[i]!) && Number.isNaN(b[i]!);
    assert(
      both || gap <= tolerance * Math.max(1, Math.abs(b[i]!)),
      `${sentence}: ${a[i]} against ${b[i]} at ${i}`,
    );
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array, sentence: string): void {
  const at = a.findIndex((v, i) => v !== b[i]);
  assert(a.length === b.length && at < 0, `${sentence} (${a.length} and ${b.length} bytes, first at ${at})`);
}

function finite(values: Float64Array): void {
  const at = values.findIndex((v) => !Number.isFinite(v));
  assert(at < 0, `the result holds ${values[at]} at ${at}`);
}

/** The call must throw a sentence of this library that starts with the function's name and mentions the argument. */
function refused(call: () => unknown, where: string, mentions: string): WhetstoneError {
  try {
    call();
  } catch (error) {
    assert(error instanceof WhetstoneError, `threw ${error}, expected a WhetstoneError`);
    assert(error.message.startsWith(where), `the message does not start with ${where}: ${error.message}`);
    assert(error.message.includes(mentions), `the message does not mention ${mentions}: ${error.message}`);
    return error;
  }
  throw new Error(`accepted what it must refuse (${mentions})`);
}

function resultOrSentence(call: () => Model, where: string): Model | null {
  try {
    return call();
  } catch (error) {
    assert(error instanceof WhetstoneError, `threw ${error}, expected a result or a WhetstoneError`);
    assert(error.message.startsWith(where), `the message does not start with ${where}: ${error.message}`);
    return null;
  }
}
