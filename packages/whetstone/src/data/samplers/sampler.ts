import { argumentError, show, valueError } from "../../errors.ts";
import { randomStream, type Seed } from "../../math/index.ts";
import { unknownColumn } from "../names.ts";
import { takeRows } from "../table/column.ts";
import { checkTable, Table } from "../table/table.ts";

/** Where the randomness of a sampler comes from; the same seed gives the same rows. */
export interface SeedOption {
  /** Default 0. */
  readonly seed?: Seed;
}

/** Makes rows. Whatever made it, a table comes out. */
export interface RowSampler {
  /** n new rows; the same seed gives the same. */
  sample(n: number, options?: SeedOption): Table;
}

/**
 * A way to make synthetic rows: learns from a table (or knows enough without) and gives a sampler. The samplers here
 * resample, draw columns apart, use a Gaussian copula, any density model, or rules and simulators. A GAN, an
 * autoencoder, a diffusion model or a language model with a prompt is one more object with this `fit`; all are
 * judged alike by {@link validateSampler}.
 */
export interface SamplerSpec {
  readonly name: string;
  fit(table: Table, options?: SeedOption): RowSampler;
}

export function checkCount(where: string, n: unknown): void {
  if (!(typeof n === "number" && Number.isSafeInteger(n) && n >= 1))
    throw argumentError(where, "n", n, "an integer >= 1");
}

/** Refuses what a foreign `fit` gave, where it cannot sample. */
export function checkSampler(where: string, argument: string, sampler: unknown): RowSampler {
  if (typeof (sampler as Partial<RowSampler> | null | undefined)?.sample !== "function")
    throw valueError(where, argument, `has a fit that gave ${show(sampler)}, expected an object with sample`);
  return sampler as RowSampler;
}

/** Samplers of records have no words for free text. */
export function refuseText(table: Table, where: string): void {
  checkTable(table, where, "table");
  if (table.rows === 0 || table.cols === 0)
    throw valueError(where, "table", "is empty, expected rows and columns");
  const text = table.names.find((name) => table.kind(name) === "text");
  if (text !== undefined)
    throw valueError(
      where,
      "table",
      `holds the text column ${show(text)}: leave it out, or write texts from rules with grammarSampler`,
    );
}

/**
 * Rows of the table drawn with replacement: perfectly faithful and not private at all, one end of the scale.
 *
 * @example
 * bootstrapSampler().fit(Table.fromColumns({ a: [7] })).sample(2).numbers("a"); // [7, 7]
 */
export function bootstrapSampler(): SamplerSpec {
  return {
    name: "bootstrap",
    fit(table) {
      checkTable(table, "bootstrapSampler.fit", "table");
      if (table.rows === 0)
        throw valueError("bootstrapSampler.fit", "table", "has 0 rows, expected at least 1");
      return {
        sample(n, { seed = 0 } = {}) {
          checkCount("bootstrapSampler.sample", n);
          return table.selectRows(randomStream(seed).choice(table.rows, n, true));
        },
      };
    },
  };
}

/**
 * Every column drawn by itself from its values: right margins, no dependence, the other end.
 *
 * @example
 * marginSampler().fit(Table.fromColumns({ a: [7], b: ["x"] })).sample(1).strings("b"); // ["x"]
 */
export function marginSampler(): SamplerSpec {
  return {
    name: "margins",
    fit(table) {
      checkTable(table, "marginSampler.fit", "table");
      if (table.rows === 0) throw valueError("marginSampler.fit", "table", "has 0 rows, expected at least 1");
      return {
        sample(n, { seed = 0 } = {}) {
          checkCount("marginSampler.sample", n);
          const random = randomStream(seed);
          const columns = table.columns.map((c) => takeRows(c, random.choice(table.rows, n, true)));
          return new Table(table.names, columns, n);
        },
      };
    },
  };
}

/**
 * Rows by rules or a simulator: people know how they come about, and nothing is learned. The table given to `fit`
 * says only which columns are wanted, and in which order.
 *
 * @param name for reports
 * @param make n rows for a seed, the same for the same seed
 * @example
 * const rules = simulatorSampler("ones", (n) => Table.fromColumns({ a: new Float64Array(n).fill(1) }));
 * rules.fit(Table.fromColumns({ a: [5] })).sample(2).numbers("a"); // [1, 1]
 */
export function simulatorSampler(name: string, make: (n: number, seed: Seed) => Table): SamplerSpec {
  if (typeof name !== "string") throw argumentError("simulatorSampler", "name", name, "a string");
  if (typeof make !== "function") throw argumentError("simulatorSampler", "make", make, "a function");
  return {
    name,
    fit(table) {
      checkTable(table, "simulatorSampler.fit", "table");
      return {
        sample(n, { seed = 0 } = {}) {
          const where = "simulatorSampler.sample";
          checkCount(where, n);
          const made: unknown = make(n, seed);
          if (!(made instanceof Table) || made.rows !== n)
            throw valueError(where, "make", `gave ${show(made)}, expected a Table of ${n} rows`);
          const lost = table.names.find((column) => !made.has(column));
          if (lost !== undefined) throw unknownColumn(where, "make", lost, made.names);
          return made.select(table.names);
        },
      };
    },
  };
}
