import { argumentError } from "../../errors.ts";
import { type Matrix, randomStream, type Seed } from "../../math/index.ts";
import { wilsonInterval } from "../../metrics/index.ts";
import { quantile } from "../quantile.ts";
import type { Table } from "../table/table.ts";
import { checkPair } from "./margins.ts";
import { RecordSpace } from "./record-space.ts";

/**
 * Whether synthetic rows lie nearer to the rows the sampler was fitted to than to others: if so, it has
 * remembered them.
 */
export interface RecordDistances {
  /** Distance of each synthetic row looked at to the nearest row the sampler was fitted to, in standard deviations. */
  readonly toTrain: Float64Array;
  /** And to the nearest row it has never seen, among as many. */
  readonly toHoldout: Float64Array;
  /** Share nearer to a training row than to a holdout row, ties half: 0.5 without memory, 1 for copies. */
  readonly nearerToTrain: number;
  /** Interval of `nearerToTrain` at 95 %. */
  readonly interval: readonly [number, number];
  /** Share of synthetic rows that are a training row. */
  readonly copies: number;
  /** Tenth of the distances to training rows over that to holdout rows; 1 or more is as private as new people. */
  readonly ratio: number;
}

/**
 * Whether synthetic rows give away the rows they were learned from: distance to the closest record, against the
 * same distance to people the sampler has never seen. Numbers count in standard deviations of `train`, another
 * category as one. Rows of the larger of the two sets are drawn, so that both offer as many neighbours. Being near
 * is no proof of harm, and far no guarantee of privacy: that takes differential privacy.
 *
 * Park et al., "Data synthesis based on generative adversarial networks", VLDB 2018 (distance to closest record);
 * Platzer and Reutterer, "Holdout-based empirical assessment of mixed-type synthetic data", 2021.
 *
 * @param train real rows the sampler was fitted to
 * @param synthetic rows it made
 * @param holdout real rows it has not seen
 * @example
 * const train = Table.fromColumns({ a: [1, 5, 9] });
 * const holdout = Table.fromColumns({ a: [2, 6, 8] });
 * recordDistances(train, train, holdout).copies; // 1
 */
export function recordDistances(
  train: Table,
  synthetic: Table,
  holdout: Table,
  options: { readonly maxRows?: number; readonly seed?: Seed } = {},
): RecordDistances {
  const where = "recordDistances";
  checkPair(train, synthetic, where);
  checkPair(train, holdout, where);
  const { maxRows = 1000, seed = 0 } = options;
  if (!(Number.isSafeInteger(maxRows) && maxRows >= 1))
    throw argumentError(where, "maxRows", maxRows, "an integer >= 1");
  const space = new RecordSpace(train, where);
  const random = randomStream(seed);
  const draw = (t: Table, n: number) => (t.rows <= n ? t : t.selectRows(random.choice(t.rows, n)));
  const fake = space.encode(draw(synthetic, maxRows), where, "synthetic");
  const all = space.encode(train, where, "train");
  const size = Math.min(train.rows, holdout.rows);
  const seen = train.rows === size ? all : all.selectRows(random.choice(train.rows, size));
  const unseen = space.encode(draw(holdout, size), where, "holdout");
  const toTrain = nearest(fake, seen);
  const toHoldout = nearest(fake, unseen);
  let nearer = 0;
  toTrain.forEach((v, i) => {
    nearer += v < toHoldout[i]! ? 1 : v === toHoldout[i]! ? 0.5 : 0;
  });
  const share = nearer / toTrain.length;
  const copies = nearest(fake, all).filter((v) => v < 1e-9).length / toTrain.length;
  const [own, other] = [toTrain, toHoldout].map((v) => quantile(v.toSorted(), 0.1)) as [number, number];
  return {
    toTrain,
    toHoldout,
    nearerToTrain: share,
    interval: wilsonInterval(share, toTrain.length),
    copies,
    ratio: own === other ? 1 : own / other,
  };
}

/** Distance of each row of A to the nearest row of B; a sum that is already too large is given up. */
function nearest(A: Matrix, B: Matrix): Float64Array {
  const { cols: d, data: a } = A;
  const b = B.data;
  return Float64Array.from({ length: A.rows }, (_, i) => {
    let best = Number.POSITIVE_INFINITY;
    for (let at = 0; at < b.length; at += d) {
      let sum = 0;
      for (let c = 0; c < d && sum < best; c++) sum += (a[i * d + c]! - b[at + c]!) ** 2;
      if (sum < best) best = sum;
    }
    return Math.sqrt(best);
  });
}
