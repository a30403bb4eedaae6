import {
  argumentError,
  ClassifierModel,
  formatError,
  type Label,
  type MatrixLike,
  RegressorModel,
  readLike,
  type Schema,
} from "../contract/index.ts";
import { TreeEnsemble } from "../ensemble/index.ts";
import { Matrix } from "../math/matrix.ts";
import { type ColumnCode, encodeColumns, type HasPlainTrees, type PlainTrees } from "./plain-trees.ts";

/** What an imported model computes from. */
export interface ImportedParts {
  readonly trees: TreeEnsemble;
  /** Raw prediction before the first tree, one number per output; tree t belongs to output t mod outputs. */
  readonly baseline: Float64Array;
  /** What sums of trees are multiplied by: 1, or 1 / iterations where they are averaged. */
  readonly scale: number;
  readonly columns: readonly (ColumnCode | null)[];
}

const links = {
  identity: (v: number) => v,
  exp: Math.exp,
  sigmoid: (v: number) => 1 / (1 + Math.exp(-v)),
  log1pExp: (v: number) => Math.log1p(Math.exp(v)),
  signedSquare: (v: number) => Math.sign(v) * v * v,
} as const;

/** From a raw prediction to a number: itself, e^v, 1 / (1 + e^-v), log(1 + e^v), or v |v|. */
export type NumberLink = keyof typeof links;

/**
 * From raw predictions to probabilities: `"sigmoid"` of one (times a slope), `"softmax"` of several, `"each"`, sigmoids
 * of several divided by their sum, or `"step"`, 1 where the one is positive.
 */
export type LabelLink = "sigmoid" | "softmax" | "each" | "step";

function rawOf(parts: ImportedParts, schema: Schema, X: MatrixLike, where: string): Matrix {
  const { trees, baseline, scale, columns } = parts;
  const { matrix } = readLike(schema, X, where, { allowMissing: true });
  const outputs = baseline.length;
  const raw = Matrix.zeros(matrix.rows, outputs);
  const { data } = raw;
  if (scale === 1) for (let i = 0; i < data.length; i++) data[i] = baseline[i % outputs]!;
  const plain = columns.map(() => null);
  trees.addTo(data, encodeColumns(matrix, columns), outputs, 0, trees.nTrees, plain);
  if (scale !== 1) for (let i = 0; i < data.length; i++) data[i] = baseline[i % outputs]! + scale * data[i]!;
  return raw;
}

function plainOf({ trees, baseline, scale, columns }: ImportedParts): PlainTrees {
  const { starts, feature, threshold, left, flags, bin, bitsets, count, value } = trees;
  return {
    nFeatures: columns.length,
    ...{ starts, feature, threshold, left, flags, set: bin, bitsets, cover: count, value, baseline, scale },
    width: 1,
    outputs: baseline.length,
    columns,
  };
}

/** Checks the parts in a file. */
function partsOf(state: unknown, schema: Schema, outputs: number): ImportedParts {
  const { trees, baseline, scale, columns } = state as ImportedParts;
  const fits =
    trees instanceof TreeEnsemble &&
    baseline instanceof Float64Array &&
    baseline.length === outputs &&
    trees.nTrees % outputs === 0 &&
    Number.isFinite(scale) &&
    columns.length === schema.nFeatures &&
    columns.every((c) => c === null || c.values === null || c.values.length <= 255) &&
    trees.feature.every((f) => f < schema.nFeatures);
  if (!fits) throw formatError("load", "the imported model in the file does not fit together");
  return { trees, baseline, scale, columns };
}

/** A model for numbers from another library; see {@link importXGBoost} and its neighbours. */
export class ImportedRegressorModel extends RegressorModel implements HasPlainTrees {
  static readonly typeName = "ImportedRegressorModel";
  readonly link: NumberLink;
  /** The trees as flat arrays. */
  readonly trees: TreeEnsemble;
  /** The raw prediction before the first tree. */
  readonly baseline: number;
  readonly #parts: ImportedParts;

  constructor(schema: Schema, link: NumberLink, parts: ImportedParts) {
    super(schema);
    this.link = link;
    this.trees = parts.trees;
    this.baseline = parts.baseline[0]!;
    this.#parts = parts;
  }

  override predict(X: MatrixLike): Float64Array {
    const raw = rawOf(this.#parts, this.schema, X, "ImportedRegressorModel.predict").data;
    return raw.map(links[this.link]);
  }

  /** Sums of the trees, before the link. */
  rawPredict(X: MatrixLike): Float64Array {
    return rawOf(this.#parts, this.schema, X, "ImportedRegressorModel.rawPredict").data;
  }

  plainTrees(): PlainTrees {
    return plainOf(this.#parts);
  }

  override toState(): unknown {
    return { schema: this.schema, link: this.link, ...this.#parts };
  }

  static fromState(state: unknown): ImportedRegressorModel {
    const { schema, link } = state as { schema: Schema; link: NumberLink };
    if (!Object.hasOwn(links, link))
      throw formatError("load", "the imported model in the file has an unknown link");
    return new ImportedRegressorModel(schema, link, partsOf(state, schema, 1));
  }
}

/** A model for labels from another library; see {@link importXGBoost} and its neighbours. */
export class ImportedClassifierModel<L extends Label = Label>
  extends ClassifierModel<L>
  implements HasPlainTrees
{
  static readonly typeName = "ImportedClassifierModel";
  readonly link: LabelLink;
  /** What the raw prediction is multiplied by in a sigmoid. */
  readonly slope: number;
  /** The trees as flat arrays: one per iteration for two classes, else one per iteration and class in turn. */
  readonly trees: TreeEnsemble;
  /** The raw predictions before the first tree, one per output. */
  readonly baseline: Float64Array;
  readonly #parts: ImportedParts;

  constructor(schema: Schema, classes: readonly L[], link: LabelLink, slope: number, parts: ImportedParts) {
    super(schema, classes);
    this.link = link;
    this.slope = slope;
    this.trees = parts.trees;
    this.baseline = parts.baseline;
    this.#parts = parts;
  }

  /** Raw predictions: n x 1 for two classes, else n x classes. */
  decisionFunction(X: MatrixLike): Matrix {
    return rawOf(this.#parts, this.schema, X, "ImportedClassifierModel.decisionFunction");
  }

  override predictProba(X: MatrixLike): Matrix {
    const raw = rawOf(this.#parts, this.schema, X, "ImportedClassifierModel.predictProba");
    const { rows, cols } = raw;
    const out = Matrix.zeros(rows, this.classes.length);
    for (let i = 0; i < rows; i++) {
      const row = raw.row(i);
      const to = out.row(i);
      if (cols === 1) {
        const v = row[0]!;
        to[0] = this.link === "step" ? (v > 0 ? 0 : 1) : links.sigmoid(-this.slope * v);
        to[1] = this.link === "step" ? 1 - to[0]! : links.sigmoid(this.slope * v);
        continue;
      }
      const top = row.reduce((a, b) => Math.max(a, b));
      let total = 0;
      for (let k = 0; k < cols; k++) {
        const p = this.link === "each" ? links.sigmoid(this.slope * row[k]!) : Math.exp(row[k]! - top);
        to[k] = p;
        total += p;
      }
      for (let k = 0; k < cols; k++) to[k] = to[k]! / total;
    }
    return out;
  }

  plainTrees(): PlainTrees {
    return plainOf(this.#parts);
  }

  override toState(): unknown {
    const { schema, classes, link, slope } = this;
    return { schema, classes, link, slope, ...this.#parts };
  }

  static fromState(state: unknown): ImportedClassifierModel {
    const s = state as { schema: Schema; classes: Label[]; link: LabelLink; slope: number };
    const { baseline } = state as ImportedParts;
    const outputs = baseline?.length === 1 && s.classes.length === 2 ? 1 : s.classes.length;
    const parts = partsOf(state, s.schema, outputs);
    return new ImportedClassifierModel(s.schema, s.classes, s.link, s.slope, parts);
  }
}

/** What a user may say about a model whose file does not. */
export interface ImportOptions {
  /** Labels of the classes, in the order of their numbers 0, 1, ...; these numbers by default. */
  readonly classes?: readonly Label[];
}

/** Labels for `count` classes. */
export function classesOf(
  count: number,
  options: ImportOptions | undefined,
  where: string,
): readonly Label[] {
  const { classes } = options ?? {};
  if (classes === undefined) return Array.from({ length: count }, (_, k) => k);
  if (!Array.isArray(classes) || classes.length !== count || new Set(classes).size !== count)
    throw argumentError(where, "options.classes", classes, `${count} different labels`);
  return classes;
}
