import { Table } from "../data/index.ts";
import { Matrix } from "../math/index.ts";

/** A bundled dataset. `y` holds one target per row of `X`: labels, or numbers to predict. */
export interface Dataset<Y extends string | number> {
  readonly name: string;
  /** Features, one row per sample. */
  readonly X: Matrix;
  readonly y: readonly Y[];
  readonly featureNames: readonly string[];
  /** What `y` is called in {@link Dataset.table}. */
  readonly targetName: string;
  /** The classes, in the order of their numbers in the original; null where `y` is a quantity. */
  readonly classes: readonly Y[] | null;
  /** What was measured, where and by whom. */
  readonly description: string;
  readonly licence: string;
  /** Features and target as named columns. */
  table(): Table;
}

interface Source<Y> {
  readonly name: string;
  readonly names: readonly string[];
  readonly values: string;
  readonly targetName: string;
  readonly classes: readonly Y[] | null;
  readonly description: string;
}

/** Parses the bundled text; numbers and labels come out exactly as in the original. */
export function parseDataset<Y extends string | number>(source: Source<Y>): Dataset<Y> {
  const { names, classes, targetName } = source;
  const d = names.length;
  const lines = source.values.split("\n");
  const data = new Float64Array(lines.length * d);
  const y = lines.map((line, i): Y => {
    const cells = line.split(",");
    for (let j = 0; j < d; j++) data[i * d + j] = Number(cells[j]);
    const target = Number(cells[d]);
    return classes ? classes[target]! : (target as Y);
  });
  const X = new Matrix(data, lines.length, d);
  return {
    name: source.name,
    X,
    y,
    featureNames: names,
    targetName,
    classes,
    description: source.description,
    licence: "CC BY 4.0",
    table: () => Table.fromMatrix(X, names).withColumn(targetName, y),
  };
}
