import { argumentError } from "../../errors.ts";
import { randomStream, type Seed } from "../../math/index.ts";
import { type MmdResult, mmdTest } from "../../stats/index.ts";
import type { Table } from "../table/table.ts";
import {
  type AssociationDistance,
  associationDistance,
  checkPair,
  type MarginDistance,
  marginDistances,
} from "./margins.ts";
import { type RecordDistances, recordDistances } from "./privacy.ts";
import { RecordSpace } from "./record-space.ts";
import { type TaskSpec, type TrainOnSynthetic, trainOnSynthetic } from "./train-on-synthetic.ts";

/**
 * Maximum mean discrepancy of two tables: Gaussian kernel over records (numbers in standard deviations of `real`,
 * categories as coordinates), the median distance as its width, unbiased estimate, p-value by permutation. It sees
 * what no single column and no pair shows. Gretton et al., JMLR 13, 2012.
 *
 * @param options `maxRows` of each table are drawn (400 by default; memory grows with their square)
 * @example
 * const real = Table.fromColumns({ a: [1, 2, 3, 4] });
 * recordDiscrepancy(real, real).unbiased < 0; // true
 */
export function recordDiscrepancy(
  real: Table,
  synthetic: Table,
  options: { readonly maxRows?: number; readonly permutations?: number; readonly seed?: Seed } = {},
): MmdResult {
  const where = "recordDiscrepancy";
  checkPair(real, synthetic, where);
  const { maxRows = 400, permutations = 100, seed = 0 } = options;
  if (!(Number.isSafeInteger(maxRows) && maxRows >= 2 && maxRows <= 10_000))
    throw argumentError(where, "maxRows", maxRows, "an integer from 2 to 10000");
  if (!(Number.isSafeInteger(permutations) && permutations >= 1 && permutations <= 100_000))
    throw argumentError(where, "permutations", permutations, "an integer from 1 to 100000");
  const random = randomStream(seed);
  const draw = (t: Table) => (t.rows <= maxRows ? t : t.selectRows(random.choice(t.rows, maxRows)));
  const space = new RecordSpace(real, where);
  const A = space.encode(draw(real), where, "real");
  const B = space.encode(draw(synthetic), where, "synthetic");
  return mmdTest(A, B, { permutations, seed: random.split("permutations").bits() });
}

/** What is asked of synthetic rows besides the likeness of their columns. */
export interface SyntheticQualityOptions {
  /** A model to train on either table, with the column it predicts. */
  readonly task?: { readonly spec: TaskSpec; readonly target: string; readonly scoring?: string };
  /** Rows of a table that are compared in the discrepancy, 400 by default. */
  readonly maxRows?: number;
  /** Default 0. */
  readonly seed?: Seed;
}

/** Likeness, use and privacy of synthetic rows, with what two real tables have of it. */
export interface SyntheticQuality {
  /** One entry per column. */
  readonly margins: readonly MarginDistance[];
  /** Mean of the margins' distances. */
  readonly marginDistance: number;
  /** How much the associations of pairs of columns differ. */
  readonly associations: AssociationDistance;
  /** The test of whether whole rows are drawn alike; see `recordDiscrepancy`. */
  readonly discrepancy: MmdResult;
  /** Null without a task. */
  readonly task: TrainOnSynthetic | null;
  /** Whether training rows can be found again among the synthetic ones. */
  readonly privacy: RecordDistances;
  /** The same distances between the real tables: what chance alone gives. */
  readonly baseline: {
    readonly margins: number;
    readonly associations: number;
    readonly discrepancy: number;
  };
}

/**
 * Everything to ask of synthetic rows, against real rows the sampler has never seen: are columns and their pairs
 * alike, is the whole alike, can one learn from them, and do they give the training rows away? Each distance comes
 * with the one between the two real tables, which is the best to hope for.
 *
 * @param train real rows the sampler was fitted to
 * @param synthetic what it made
 * @param test real rows it has not seen
 */
export function syntheticQuality(
  train: Table,
  synthetic: Table,
  test: Table,
  options: SyntheticQualityOptions = {},
): SyntheticQuality {
  const { task, maxRows = 400, seed = 0 } = options;
  const margins = marginDistances(test, synthetic);
  const mean = (list: readonly MarginDistance[]) => list.reduce((s, m) => s + m.distance / list.length, 0);
  return {
    margins,
    marginDistance: mean(margins),
    associations: associationDistance(test, synthetic),
    discrepancy: recordDiscrepancy(test, synthetic, { maxRows, seed }),
    task: task
      ? trainOnSynthetic(task.spec, synthetic, test, task.target, {
          realTrain: train,
          ...(task.scoring !== undefined && { scoring: task.scoring }),
        })
      : null,
    privacy: recordDistances(train, synthetic, test, { seed }),
    baseline: {
      margins: mean(marginDistances(test, train)),
      associations: associationDistance(test, train).distance,
      discrepancy: recordDiscrepancy(test, train, { maxRows, seed, permutations: 1 }).unbiased,
    },
  };
}
