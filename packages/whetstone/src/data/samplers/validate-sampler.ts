import { argumentError, valueError } from "../../errors.ts";
import { randomStream } from "../../math/index.ts";
import { unknownColumn } from "../names.ts";
import { trainTestSplit } from "../splits/index.ts";
import {
  type SyntheticQuality,
  type SyntheticQualityOptions,
  syntheticQuality,
} from "../synthetic-quality/index.ts";
import { checkTable, type Table } from "../table/table.ts";
import { checkSampler, type RowSampler, type SamplerSpec } from "./sampler.ts";

/** How real rows are divided between fitting and judging a sampler. */
export interface ValidateSamplerOptions extends SyntheticQualityOptions {
  /** Synthetic rows; as many as real training rows by default. */
  readonly n?: number;
  /** Share of the real rows that only judge; 0.3 by default. */
  readonly testShare?: number;
}

/** A sampler and its verdict, with the rows on which it rests. */
export interface SamplerValidation {
  /** The sampler's own. */
  readonly name: string;
  /** The sampler, fitted to `train` only. */
  readonly sampler: RowSampler;
  /** Rows it made. */
  readonly synthetic: Table;
  /** Real rows it was fitted to. */
  readonly train: Table;
  /** Real rows that the sampler has not seen; everything is judged on them. */
  readonly test: Table;
  /** How the synthetic rows compare with those real ones. */
  readonly quality: SyntheticQuality;
}

/**
 * Judges a way to make rows as one has to: part of the real rows is put aside, the sampler learns from the rest, and
 * what it makes is compared with the rows put aside and used to train a model that is scored on them.
 *
 * @param spec any sampler
 * @param table real rows
 * @example
 * const t = Table.fromColumns({ a: Array.from({ length: 40 }, (_, i) => i) });
 * validateSampler(bootstrapSampler(), t).quality.privacy.copies; // 1
 */
export function validateSampler(
  spec: SamplerSpec,
  table: Table,
  options: ValidateSamplerOptions = {},
): SamplerValidation {
  const where = "validateSampler";
  if (spec === null || typeof spec !== "object" || typeof spec.fit !== "function")
    throw argumentError(where, "spec", spec, "a sampler with fit");
  checkTable(table, where, "table");
  if (table.rows < 4) throw valueError(where, "table", `has ${table.rows} rows, expected at least 4`);
  const { testShare = 0.3, task } = options;
  const seed = options.seed ?? 0;
  if (!(testShare > 0 && testShare < 1))
    throw argumentError(where, "testShare", testShare, "a number above 0 and below 1");
  if (task !== undefined && (task === null || typeof task !== "object"))
    throw argumentError(where, "task", task, "an object with spec and target");
  if (task && !table.has(task.target)) throw unknownColumn(where, "task.target", task.target, table.names);
  const classes = task?.spec?.kind === "classifier" ? table.labels(task.target) : undefined;
  const split = trainTestSplit(table.rows, {
    testSize: testShare,
    seed: randomStream(seed).bits(),
    ...(classes && { stratify: classes }),
  });
  const [train, test] = [table.selectRows(split.train), table.selectRows(split.test)];
  const sampler = checkSampler(where, "spec", spec.fit(train, { seed }));
  const synthetic = sampler.sample(options.n ?? train.rows, { seed });
  const quality = syntheticQuality(train, synthetic, test, options);
  return { name: spec.name, sampler, synthetic, train, test, quality };
}
