import {
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  real,
  refuseWeights,
  requireRowsFor,
  type Schema,
  schemaOf,
  seed,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../contract/index.ts";
import { withScratch } from "../kernels/index.ts";
import { Matrix, randomStream, svd } from "../math/index.ts";
import { type KernelSpec, kernelFor, kernelMatrix, kernelParams, loadRows, shiftFor } from "./kernel.ts";

const samplerParams = {
  gamma: either(
    real({
      min: 0,
      exclusiveMin: true,
      max: Number.MAX_VALUE,
      default: 1,
      doc: 'Width of the kernel exp(-gamma |x - y|^2); "scale" is 1 / (columns x variance of X)',
      search: { low: 1e-4, high: 10, scale: "log" },
    }),
    oneOf(["scale"], { default: "scale", doc: "" }),
  ),
  nComponents: int({
    min: 1,
    default: 100,
    doc: "Features to make: the error falls like 1 / sqrt(nComponents)",
  }),
  seed: seed(),
};

/**
 * Random Fourier features: z(x) = sqrt(2 / D) cos(W'x + b), with W normal of variance 2 gamma and b uniform, so that
 * z(x).z(y) has the mean exp(-gamma |x - y|^2). A linear model on them is an RBF machine whose cost is linear in rows.
 *
 * Source: Rahimi and Recht (2007), NIPS.
 *
 * @example
 * new RBFSampler({ nComponents: 50 }).fit([[0, 1]]).transform([[0, 1]]).cols; // 50
 */
export class RBFSampler extends TransformerSpec<typeof samplerParams> {
  static readonly typeName = "RBFSampler";
  static readonly params = samplerParams;

  constructor(given: ParamInput<typeof samplerParams> = {}) {
    super(RBFSampler.typeName, samplerParams, given);
  }

  static fromState(state: unknown): RBFSampler {
    return new RBFSampler(state as ParamInput<typeof samplerParams>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): RBFSamplerModel {
    const where = "RBFSampler.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, "the features do not depend on rows");
    const design = readDesign(X, where);
    const { data, cols } = design.matrix;
    const given = { kernel: "rbf", degree: 1, coef0: 0, gamma: this.params.gamma } as const;
    const { gamma } = kernelFor(given, data, cols);
    const random = randomStream(this.params.seed);
    const D = this.params.nComponents;
    const W = new Matrix(random.fillNormal(new Float64Array(cols * D)), cols, D).scale(Math.sqrt(2 * gamma));
    const offset = Float64Array.from({ length: D }, () => random.uniform(0, 2 * Math.PI));
    return new RBFSamplerModel(schemaOf(design), W, offset);
  }
}

/** What {@link RBFSampler} drew. */
export class RBFSamplerModel extends TransformerModel {
  static readonly typeName = "RBFSamplerModel";
  /** Frequencies, columns of X x features. */
  readonly randomWeights: Matrix;
  readonly randomOffset: Float64Array;

  constructor(schema: Schema, randomWeights: Matrix, randomOffset: Float64Array) {
    super(schema);
    this.randomWeights = randomWeights;
    this.randomOffset = randomOffset;
  }

  override outputNames(): readonly string[] {
    return Array.from(this.randomOffset, (_, k) => `rbf${k}`);
  }

  override transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "RBFSamplerModel.transform");
    const D = this.randomOffset.length;
    const factor = Math.sqrt(2 / D);
    // Row by row, so that a row's features do not depend on its company.
    const out = new Float64Array(matrix.rows * D);
    for (let i = 0; i < matrix.rows; i++) {
      const row = out.subarray(i * D, (i + 1) * D);
      row.set(this.randomOffset);
      for (let j = 0; j < matrix.cols; j++) {
        const v = matrix.at(i, j);
        const at = j * D;
        for (let k = 0; k < D; k++) row[k] = row[k]! + v * this.randomWeights.data[at + k]!;
      }
      for (let k = 0; k < D; k++) row[k] = factor * Math.cos(row[k]!);
    }
    return new NamedMatrix(out, matrix.rows, this.outputNames());
  }

  override toState(): unknown {
    const { schema, randomWeights, randomOffset } = this;
    return { schema, randomWeights, randomOffset };
  }

  static fromState(state: unknown): RBFSamplerModel {
    const s = state as { schema: Schema; randomWeights: Matrix; randomOffset: Float64Array };
    return new RBFSamplerModel(s.schema, s.randomWeights, s.randomOffset);
  }
}

const nystroemParams = {
  kernel: oneOf(["rbf", "linear", "poly", "sigmoid"], {
    default: "rbf",
    doc: "Kernel to approximate, as in SVC",
  }),
  degree: kernelParams.degree,
  gamma: kernelParams.gamma,
  coef0: kernelParams.coef0,
  nComponents: int({ min: 1, default: 100, doc: "Training rows to build the features on" }),
  seed: seed(),
};

/**
 * Nyström features: K_nb K_bb^(-1/2) for a random subset b of the training rows. Their inner products are exact between
 * rows of the subset, and elsewhere the best that functions of the subset can do.
 *
 * Source: Williams and Seeger (2001), NIPS.
 *
 * @example
 * const Z = new Nystroem({ nComponents: 3, gamma: 1 }).fit([[0], [1], [2]]).transform([[0], [1], [2]]);
 * Z.matmul(Z.transpose()).at(0, 1); // 0.3678... = exp(-1)
 */
export class Nystroem extends TransformerSpec<typeof nystroemParams> {
  static readonly typeName = "Nystroem";
  static readonly params = nystroemParams;

  constructor(given: ParamInput<typeof nystroemParams> = {}) {
    super(Nystroem.typeName, nystroemParams, given);
  }

  static fromState(state: unknown): Nystroem {
    return new Nystroem(state as ParamInput<typeof nystroemParams>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): NystroemModel {
    const where = "Nystroem.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, "the subset is drawn uniformly");
    const design = readDesign(X, where);
    const { matrix } = design;
    const { nComponents } = this.params;
    requireRowsFor(where, "nComponents", nComponents, matrix.rows);
    const kernel = kernelFor(this.params, matrix.data, matrix.cols);
    const picked = randomStream(this.params.seed).choice(matrix.rows, nComponents);
    const basis = matrix.selectRows(picked);
    const K = gram(kernel, basis, basis);
    const { U, s, Vt } = svd(K);
    // Directions without weight have nothing to say; a floor keeps them from being blown up.
    const scaled = Vt.map((v, at) => v / Math.sqrt(Math.max(s[Math.floor(at / Vt.cols)]!, 1e-12)));
    return new NystroemModel(schemaOf(design), kernel, basis, U.matmul(scaled), picked);
  }
}

function gram(kernel: KernelSpec, A: Matrix, B: Matrix): Matrix {
  const all = (n: number) => Int32Array.from({ length: n }, (_, i) => i);
  const shift = shiftFor(kernel, B.data, B.cols);
  return withScratch((s) => {
    const [a, b] = [A, B].map((M) => loadRows(s, M.data, all(M.rows), M.cols, shift)) as [
      ReturnType<typeof loadRows>,
      ReturnType<typeof loadRows>,
    ];
    const { view, stride } = kernelMatrix(s, kernel, a, b, A.cols);
    return Matrix.zeros(A.rows, B.rows).map(
      (_, at) => view[Math.floor(at / B.rows) * stride + (at % B.rows)]!,
    );
  });
}

/** What {@link Nystroem} learned. */
export class NystroemModel extends TransformerModel {
  static readonly typeName = "NystroemModel";
  readonly #kernel: KernelSpec;
  /** The rows of the subset. */
  readonly components: Matrix;
  /** K_bb^(-1/2). */
  readonly normalization: Matrix;
  /** Numbers of the rows of the subset. */
  readonly componentIndices: Int32Array;

  constructor(
    schema: Schema,
    kernel: KernelSpec,
    components: Matrix,
    normalization: Matrix,
    componentIndices: Int32Array,
  ) {
    super(schema);
    this.#kernel = kernel;
    this.components = components;
    this.normalization = normalization;
    this.componentIndices = componentIndices;
  }

  override outputNames(): readonly string[] {
    return Array.from(this.componentIndices, (_, k) => `nystroem${k}`);
  }

  override transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "NystroemModel.transform");
    const K = gram(this.#kernel, matrix, this.components);
    const out = K.matmul(this.normalization.transpose());
    return new NamedMatrix(out.data, matrix.rows, this.outputNames());
  }

  override toState(): unknown {
    const { schema, components, normalization, componentIndices } = this;
    return { schema, kernel: this.#kernel, components, normalization, componentIndices };
  }

  static fromState(state: unknown): NystroemModel {
    const s = state as {
      schema: Schema;
      kernel: KernelSpec;
      components: Matrix;
      normalization: Matrix;
      componentIndices: Int32Array;
    };
    return new NystroemModel(s.schema, s.kernel, s.components, s.normalization, s.componentIndices);
  }
}
