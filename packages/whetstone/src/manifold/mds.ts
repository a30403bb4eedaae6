import {
  EmbeddingModel,
  EmbeddingSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  seed,
  step,
  throwIfAborted,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { Matrix, pairwiseDistances, randomStream } from "../math/index.ts";
import { classicalScaling } from "./classical-scaling.ts";

const params = {
  nComponents: int({ min: 1, default: 2, doc: "Dimensions of the map" }),
  nInit: int({
    min: 1,
    default: 1,
    doc: "Starts; the map with the lowest stress is kept (random starts only)",
  }),
  init: oneOf(["classical", "random"], {
    default: "classical",
    doc: "First map: classical scaling, or noise",
  }),
  maxIter: int({ min: 1, default: 300, doc: "Most iterations" }),
  tol: real({ min: 0, default: 1e-6, doc: "Stops when the stress falls by a smaller share" }),
  seed: seed(),
} as const;

/**
 * Metric multidimensional scaling: the map whose distances come closest to those of the rows. Majorisation (SMACOF)
 * never raises the stress, the summed squared difference of distances over pairs.
 *
 * Source: de Leeuw (1977); Borg and Groenen, Modern Multidimensional Scaling, chapter 8.
 *
 * @example
 * const X = [[0, 0], [3, 0], [0, 4]];
 * new MDS().fit(X).stress < 1e-9; // true
 */
export class MDS extends EmbeddingSpec<typeof params> {
  static readonly typeName = "MDS";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("MDS", params, given);
  }

  static fromState(state: unknown): MDS {
    return new MDS(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): MDSModel {
    const where = "MDS.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    refuseWeights(options, where, "every row is one point of the map");
    const n = design.matrix.rows;
    const { nComponents: k, init, maxIter, tol, seed, nInit } = this.params;
    if (k > n) throw argumentError(where, "nComponents", k, `at most ${n}, the number of rows of X`);
    const D = pairwiseDistances(design.matrix);
    const runs = init === "random" ? nInit : 1;
    let best: { Y: Matrix; stresses: number[] } | null = null;
    for (let run = 0; run < runs; run++) {
      const start = init === "random" ? noise(n, k, D, seed, run) : classicalMap(D, k);
      const found = smacof(D, start, maxIter, tol, (i) =>
        step(where, options, run * maxIter + i, runs * maxIter, "iterations"),
      );
      if (!best || found.stresses.at(-1)! < best.stresses.at(-1)!) best = found;
    }
    const { Y, stresses } = best!;
    return new MDSModel({ schema: schemaOf(design), embedding: Y, stresses: Float64Array.from(stresses) });
  }
}

function noise(n: number, k: number, D: Matrix, seed: number, run: number): Matrix {
  const random = randomStream(seed).split(run);
  const scale = D.data.reduce((s, v) => s + v, 0) / (n * n) || 1;
  return new Matrix(random.fillNormal(new Float64Array(n * k), 0, scale), n, k);
}

function classicalMap(D: Matrix, k: number): Matrix {
  const { values, vectors } = classicalScaling(D, k);
  const n = D.rows;
  return vectors.map((v, at) => v * Math.sqrt(Math.max(0, values[Math.floor(at / n)]!))).transpose();
}

/** Guttman transforms: Y becomes B(Y) Y / n until the stress settles. */
function smacof(
  D: Matrix,
  start: Matrix,
  maxIter: number,
  tol: number,
  report: (iteration: number) => void,
): { Y: Matrix; stresses: number[] } {
  const n = D.rows;
  let Y = start;
  const stresses: number[] = [];
  for (let iteration = 1; ; iteration++) {
    const own = pairwiseDistances(Y);
    let stress = 0;
    const B = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const [want, have] = [D.data[i * n + j]!, own.data[i * n + j]!];
        if (j < i) stress += (want - have) ** 2;
        const ratio = have > 0 ? want / have : 0;
        B.data[i * n + j] = -ratio;
        sum += ratio;
      }
      B.data[i * n + i] = sum;
    }
    const before = stresses.at(-1);
    stresses.push(stress);
    if (iteration > maxIter || stress === 0 || (before !== undefined && before - stress <= tol * before))
      break;
    Y = B.matmul(Y).scale(1 / n);
    report(iteration);
  }
  return { Y, stresses };
}

interface MdsState {
  readonly schema: Schema;
  readonly embedding: Matrix;
  readonly stresses: Float64Array;
}

/** What {@link MDS} found. */
export class MDSModel extends EmbeddingModel {
  static readonly typeName = "MDSModel";
  /** Stress before each iteration and at the end: it never rises. */
  readonly stresses: Float64Array;

  constructor(state: MdsState) {
    super(state.schema, state.embedding);
    this.stresses = state.stresses;
  }
  /** Sum over pairs of (distance of the rows - distance on the map)^2. */
  get stress(): number {
    return this.stresses.at(-1)!;
  }
  override toState(): unknown {
    return { schema: this.schema, embedding: this.embedding, stresses: this.stresses };
  }
  static fromState(state: unknown): MDSModel {
    return new MDSModel(state as MdsState);
  }
}
