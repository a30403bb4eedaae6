import { argumentError, shapeError, show, valueError } from "../../errors.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import { unknownColumn } from "../names.ts";
import { fitGaussianCopula } from "../synthetic/gaussian-copula.ts";
import { RecordSpace } from "../synthetic-quality/record-space.ts";
import {
  asNumbers,
  type CategoryColumn,
  type Column,
  isMissing,
  levelsOf,
  MISSING_BOOLEAN,
} from "../table/column.ts";
import { Table } from "../table/table.ts";
import type { TextGrammar } from "../text-generation/text-grammar.ts";
import { checkCount, checkSampler, refuseText, type SamplerSpec, simulatorSampler } from "./sampler.ts";

/** A density that learns from points and draws new ones: `GaussianMixture`, `KernelDensity`, or one of your own. */
export interface DensitySpec {
  fit(X: Matrix): { sample(n: number, seed: number): Matrix | { readonly X: Matrix } };
}

/**
 * A density model over records: numbers in standard deviations, each category a coordinate whose largest wins.
 *
 * @param spec for example `new GaussianMixture({ nComponents: 5 })`
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 8, 9], b: ["x", "x", "y", "y"] });
 * densitySampler(new GaussianMixture({ nComponents: 2 })).fit(t).sample(3).names; // ["a", "b"]
 */
export function densitySampler(spec: DensitySpec, name = "density"): SamplerSpec {
  if (spec === null || typeof spec !== "object" || typeof spec.fit !== "function")
    throw argumentError("densitySampler", "spec", spec, "a density with fit");
  if (typeof name !== "string") throw argumentError("densitySampler", "name", name, "a string");
  return {
    name,
    fit(table) {
      const where = "densitySampler.fit";
      refuseText(table, where);
      const space = new RecordSpace(table, where);
      const model = spec.fit(space.encode(table, where, "table"));
      if (typeof model?.sample !== "function")
        throw argumentError(where, "spec", spec, "a density whose model has sample");
      return {
        sample(n, { seed = 0 } = {}) {
          checkCount("densitySampler.sample", n);
          const drawn = model.sample(n, randomStream(seed).bits());
          const X = drawn instanceof Matrix ? drawn : drawn.X;
          if (X.rows !== n || X.cols !== space.dimensions)
            throw shapeError(
              "densitySampler.sample",
              "spec",
              `gave ${X.rows} rows of ${X.cols}`,
              `${n} rows of ${space.dimensions}`,
            );
          return space.decode(X);
        },
      };
    },
  };
}

/** Texts from a grammar, with its slots and labels as columns; `fit` says which of them are wanted. */
export function grammarSampler(grammar: TextGrammar, name = "templates"): SamplerSpec {
  if (typeof grammar?.sampleTable !== "function")
    throw argumentError("grammarSampler", "grammar", grammar, "a TextGrammar");
  return simulatorSampler(name, (n, seed) => grammar.sampleTable(n, { seed }));
}

/**
 * A Gaussian copula over mixed columns ({@link fitGaussianCopula}). Categories become numbers in the order of their
 * means in the numeric column they go with most; gaps become a column of their own. Dependence that is not monotone
 * is lost: {@link conditionalSampler} keeps that on one category.
 *
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 8, 9], b: ["x", "x", "y", "y"] });
 * copulaSampler().fit(t).sample(5, { seed: 1 }).rows; // 5
 */
export function copulaSampler(): SamplerSpec {
  return {
    name: "Gaussian copula",
    fit(table, { seed = 0 } = {}) {
      refuseText(table, "copulaSampler.fit");
      if (table.rows < 2) throw valueError("copulaSampler.fit", "table", "has 1 row, expected at least 2");
      const random = randomStream(seed);
      const orders = table.columns.map((c) => (c.kind === "category" ? orderOf(c, table) : null));
      const numbers: Float64Array[] = [];
      /** Where the gaps of a column are marked; -1 where it has none. */
      const gapAt = table.columns.map((column, j) => {
        const rank = orders[j];
        const values = rank
          ? Float64Array.from((column as CategoryColumn).codes, (c) => (c < 0 ? Number.NaN : rank.indexOf(c)))
          : asNumbers(column)!.slice();
        const present = values.filter((v) => !Number.isNaN(v));
        const gaps = values.map((v) => +Number.isNaN(v));
        // A gap is filled with a value of another row, so that the margin stays as it is.
        for (let i = 0; i < values.length; i++)
          if (gaps[i] === 1) values[i] = present.length === 0 ? 0 : present[random.int(present.length)]!;
        numbers.push(values);
        return gaps.includes(1) ? gaps : null;
      });
      const marks = gapAt.filter((g) => g !== null);
      const all = [...numbers, ...marks];
      const X = Matrix.zeros(table.rows, all.length);
      all.forEach((v, j) => {
        for (let i = 0; i < table.rows; i++) X.set(i, j, v[i]!);
      });
      const copula = fitGaussianCopula(X);
      return {
        sample(n, options = {}) {
          checkCount("copulaSampler.sample", n);
          const drawn = copula.sample(n, options);
          let mark = numbers.length;
          const columns = table.columns.map((column, j): Column => {
            const values = drawn.col(j);
            if (gapAt[j] !== null) {
              const missing = drawn.col(mark++);
              for (let i = 0; i < n; i++) if (missing[i] === 1) values[i] = Number.NaN;
            }
            const rank = orders[j];
            if (rank)
              return {
                kind: "category",
                codes: Int32Array.from(values, (v) => (Number.isNaN(v) ? -1 : rank[v]!)),
                categories: (column as CategoryColumn).categories,
              };
            if (column.kind === "boolean")
              return {
                kind: "boolean",
                values: Uint8Array.from(values, (v) => (Number.isNaN(v) ? MISSING_BOOLEAN : v)),
              };
            return { kind: column.kind as "number" | "date", values };
          });
          return new Table(table.names, columns, n);
        },
      };
    },
  };
}

/** Codes that occur, by their mean in the numeric column that separates them most; by size without numbers. */
function orderOf(column: CategoryColumn, table: Table): number[] {
  const size = column.categories.length;
  const counts = new Float64Array(size);
  for (const c of column.codes) if (c >= 0) counts[c]!++;
  let best: Float64Array = counts;
  let most = 0;
  for (const other of table.columns) {
    const values = asNumbers(other);
    if (values === null) continue;
    const sums = new Float64Array(size);
    const seen = new Float64Array(size);
    let total = 0;
    let squares = 0;
    let n = 0;
    values.forEach((v, i) => {
      const c = column.codes[i]!;
      if (c < 0 || isMissing(other, i)) return;
      sums[c]! += v;
      seen[c]!++;
      total += v;
      squares += v * v;
      n++;
    });
    const mean = total / n;
    const spread = squares - n * mean * mean;
    const between = sums.reduce(
      (s, v, c) => s + (seen[c]! > 0 ? (v - seen[c]! * mean) ** 2 / seen[c]! : 0),
      0,
    );
    if (spread > 0 && between / spread > most)
      [most, best] = [between / spread, sums.map((v, c) => (seen[c]! > 0 ? v / seen[c]! : mean))];
  }
  return Array.from(counts.keys())
    .filter((c) => counts[c]! > 0)
    .sort((a, b) => best[a]! - best[b]! || a - b);
}

/**
 * One sampler for each value of a column: whatever differs between the classes is kept.
 *
 * @param by a column of categories, booleans or few numbers
 * @param inner fitted to the rows of each value, without that column
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 8, 9], b: ["x", "x", "y", "y"] });
 * const made = conditionalSampler("b", marginSampler()).fit(t).sample(20);
 * made.numbers("a").every((v, i) => v > 5 === (made.strings("b")[i] === "y")); // true
 */
export function conditionalSampler(by: string, inner: SamplerSpec): SamplerSpec {
  if (typeof by !== "string") throw argumentError("conditionalSampler", "by", by, "the name of a column");
  if (inner === null || typeof inner !== "object" || typeof inner.fit !== "function")
    throw argumentError("conditionalSampler", "inner", inner, "a sampler with fit");
  return {
    name: `${inner.name} by ${by}`,
    fit(table, options = {}) {
      const where = "conditionalSampler.fit";
      refuseText(table, where);
      if (!table.has(by)) throw unknownColumn(where, "by", by, table.names);
      if (table.cols < 2) throw valueError(where, "table", `has no column besides ${show(by)}`);
      const { codes, values } = levelsOf(table.column(by));
      const members = [...values.map((_, k) => k), ...(codes.includes(-1) ? [-1] : [])].map((k) =>
        Array.from(codes.keys()).filter((i) => codes[i] === k),
      );
      const parts = members.map((rows) =>
        checkSampler(where, "inner", inner.fit(table.drop(by).selectRows(rows), options)),
      );
      return {
        sample(n, { seed = 0 } = {}) {
          checkCount("conditionalSampler.sample", n);
          const random = randomStream(seed);
          const sizes = random.multinomial(
            n,
            members.map((m) => m.length),
          );
          const made = parts.flatMap((part, k): Table[] => {
            if (sizes[k] === 0) return [];
            const rows = part.sample(sizes[k]!, { seed: random.split(k).bits() });
            const key = table.select([by]).selectRows(new Int32Array(sizes[k]!).fill(members[k]![0]!));
            return [new Table([...rows.names, by], [...rows.columns, key.columns[0]!], rows.rows)];
          });
          const [first, ...rest] = made as [Table, ...Table[]];
          return first
            .concat(...rest)
            .selectRows(random.permutation(n))
            .select(table.names);
        },
      };
    },
  };
}
