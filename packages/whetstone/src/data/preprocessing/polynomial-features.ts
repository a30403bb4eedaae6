import {
  bool,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readLike,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { inputNames, startFit } from "./base.ts";

const PARAMS = {
  degree: int({ min: 0, default: 2, doc: "Highest degree", search: { low: 1, high: 3 } }),
  interactionOnly: bool({ default: false, doc: "Only products of distinct columns" }),
  includeBias: bool({ default: true, doc: "A column of ones" }),
} as const;

const MOST_OUTPUTS = 1_000_000;

/**
 * All products of columns up to a degree: with degree 2, (a, b) becomes 1, a, b, a^2, a b, b^2.
 *
 * @example
 * new PolynomialFeatures({ includeBias: false }).fit([[2, 3]]).transform([[2, 3]]).row(0); // [2, 3, 4, 6, 9]
 */
export class PolynomialFeatures extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "PolynomialFeatures";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("PolynomialFeatures", PARAMS, params);
    if (this.params.degree === 0 && !this.params.includeBias)
      throw argumentError("PolynomialFeatures", "degree", 0, "an integer >= 1 where includeBias is false");
  }

  static fromState(state: unknown): PolynomialFeatures {
    return new PolynomialFeatures(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): PolynomialFeaturesModel {
    const where = "PolynomialFeatures.fit";
    const { degree, interactionOnly, includeBias } = this.params;
    const { schema } = startFit(X, options, where, {});
    let count = 1; // binomial(n + degree, degree) products at most
    for (let k = 1; k <= degree; k++) count = (count * (schema.nFeatures + k)) / k;
    if (!interactionOnly && count > MOST_OUTPUTS)
      throw argumentError(
        where,
        "degree",
        degree,
        `a degree that gives at most ${MOST_OUTPUTS} columns for ${schema.nFeatures}`,
      );
    return new PolynomialFeaturesModel({ schema, degree, interactionOnly, includeBias });
  }
}

interface PolynomialState {
  readonly schema: Schema;
  readonly degree: number;
  readonly interactionOnly: boolean;
  readonly includeBias: boolean;
}

/** The products that `transform` gives, named like `a^2 b`. */
export class PolynomialFeaturesModel extends TransformerModel {
  static readonly typeName = "PolynomialFeaturesModel";
  readonly #state: PolynomialState;
  /** Columns that each output multiplies, by degree and then in the order of the columns. */
  readonly products: readonly (readonly number[])[];

  constructor(state: PolynomialState) {
    super(state.schema);
    this.#state = state;
    this.products = productsOf(state);
  }

  outputNames(): readonly string[] {
    const names = inputNames(this.schema);
    return this.products.map((product) => {
      if (product.length === 0) return "1";
      const powers = new Map<number, number>();
      for (const j of product) powers.set(j, (powers.get(j) ?? 0) + 1);
      return [...powers].map(([j, p]) => (p === 1 ? names[j]! : `${names[j]}^${p}`)).join(" ");
    });
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "PolynomialFeatures.transform");
    const { data, rows, cols } = matrix;
    const width = this.products.length;
    const out = new Float64Array(rows * width);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < width; k++) {
        let v = 1;
        for (const j of this.products[k]!) v *= data[i * cols + j]!;
        out[i * width + k] = v;
      }
    }
    return new NamedMatrix(out, rows, this.outputNames());
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): PolynomialFeaturesModel {
    return new PolynomialFeaturesModel(state as PolynomialState);
  }
}

function productsOf({ schema, degree, interactionOnly, includeBias }: PolynomialState): number[][] {
  const out: number[][] = includeBias ? [[]] : [];
  let previous: number[][] = [[]];
  for (let k = 1; k <= degree; k++) {
    const next: number[][] = [];
    for (const product of previous) {
      const last = product.at(-1);
      const from = last === undefined ? 0 : interactionOnly ? last + 1 : last;
      for (let j = from; j < schema.nFeatures; j++) next.push([...product, j]);
    }
    for (const product of next) out.push(product);
    previous = next;
  }
  return out;
}
