import { InductiveClustererModel, type MatrixLike, readLike, type Schema } from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { type Components, covarianceMatrix, type Whitening, whitening } from "./components.ts";
import { type MixtureData, withMixtureData } from "./expectation-maximisation.ts";

export function largestShare({ shares, n, k }: MixtureData): Int32Array {
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++)
    for (let c = 1; c < k; c++) if (shares[c * n + i]! > shares[labels[i]! * n + i]!) labels[i] = c;
  return labels;
}

/** A mixture of normal distributions: which component each row is from, and how dense it is there. */
export abstract class MixtureModel extends InductiveClustererModel {
  /** What the fit maximised, before each M step (EM) or after it (variational); it does not fall. */
  readonly lowerBounds: Float64Array;
  readonly converged: boolean;
  protected readonly components: Components;

  constructor(
    schema: Schema,
    labels: Int32Array,
    components: Components,
    lowerBounds: Float64Array,
    converged: boolean,
  ) {
    super(schema, labels);
    this.components = components;
    this.lowerBounds = lowerBounds;
    this.converged = converged;
  }

  get #name(): string {
    return (this.constructor as unknown as { typeName: string }).typeName;
  }

  /** What turns rows into shares and densities. */
  protected density(where: string): Whitening {
    return whitening(this.components, where);
  }

  /** Share of each component, k. */
  get weights(): Float64Array {
    return this.components.weights;
  }
  /** One mean per row, k x d. */
  get means(): Matrix {
    return this.components.means;
  }
  /** Covariance of component c, d x d, whatever the covariance type. */
  covariance(c: number): Matrix {
    const k = this.weights.length;
    if (!(Number.isInteger(c) && c >= 0 && c < k))
      throw argumentError(`${this.#name}.covariance`, "c", c, `an integer from 0 to ${k - 1}`);
    return covarianceMatrix(this.components, c);
  }
  get nIter(): number {
    return this.lowerBounds.length;
  }

  #read<R>(X: MatrixLike, method: string, body: (data: MixtureData) => R): R {
    const where = `${this.#name}.${method}`;
    const { matrix } = readLike(this.schema, X, where);
    return withMixtureData(matrix, this.weights.length, null, (data) => {
      data.expect(this.density(where), this.means);
      return body(data);
    });
  }

  /** Responsibilities: share of every component in every row, n x k. */
  predictProba(X: MatrixLike): Matrix {
    return this.#read(X, "predictProba", ({ shares, n, k }) => new Matrix(shares.slice(), k, n).transpose());
  }
  /** The component with the largest share in each row. */
  override predict(X: MatrixLike): Int32Array {
    return this.#read(X, "predict", largestShare);
  }
  /** Log density of every row. */
  scoreSamples(X: MatrixLike): Float64Array {
    return this.#read(X, "scoreSamples", (data) => data.logDensity.slice());
  }
  /** Mean log density of the rows. */
  score(X: MatrixLike): number {
    const logs = this.scoreSamples(X);
    return logs.reduce((s, v) => s + v, 0) / logs.length;
  }
  /** n new rows drawn from the mixture, and the component of each. */
  sample(n: number, seed = 0): { X: Matrix; labels: Int32Array } {
    if (!(Number.isSafeInteger(n) && n >= 0))
      throw argumentError(`${this.#name}.sample`, "n", n, "an integer >= 0");
    const random = randomStream(seed);
    const d = this.nFeatures;
    const factors = Array.from(this.weights, (_, c) => {
      const L = this.covariance(c).data;
      factorCholesky(d, L);
      return L;
    });
    const X = Matrix.zeros(n, d);
    const z = new Float64Array(d);
    const labels = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const c = (labels[i] = random.categorical(this.weights));
      random.fillNormal(z);
      for (let j = 0; j < d; j++) {
        let v = this.means.at(c, j);
        for (let p = 0; p <= j; p++) v += factors[c]![j * d + p]! * z[p]!;
        X.set(i, j, v);
      }
    }
    return { X, labels };
  }
}
