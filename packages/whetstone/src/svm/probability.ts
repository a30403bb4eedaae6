/** Probabilities of machines that give scores: Platt's sigmoid on held-out scores, and their coupling for many classes. */
import { type PlattCalibration, plattScaling } from "../calibration/index.ts";
import type { RandomStream } from "../math/index.ts";

/**
 * The sigmoid of one machine, from scores of rows that the scoring machine had not seen (five folds, rows at random).
 *
 * @param y +-1 per row
 * @param scoreHeldOut scores of the rows `test` by a machine fitted on the rows `train` (positions in y)
 */
export function plattByFolds(
  y: Float64Array,
  weights: Float64Array,
  random: RandomStream,
  scoreHeldOut: (train: Int32Array, test: Int32Array) => Float64Array,
): PlattCalibration {
  const l = y.length;
  const order = random.permutation(l);
  const scores = new Float64Array(l);
  for (let fold = 0; fold < 5; fold++) {
    const inside = (at: number) => at >= Math.floor((fold * l) / 5) && at < Math.floor(((fold + 1) * l) / 5);
    const test = order.filter((_, at) => inside(at));
    const train = order.filter((_, at) => !inside(at));
    if (test.length === 0) continue;
    const [up, down] = [train.some((i) => y[i]! > 0), train.some((i) => y[i]! < 0)];
    // A fold that leaves one class leaves nothing to learn: its rows are scored by that class.
    const found = up && down ? scoreHeldOut(train, test) : new Float64Array(test.length).fill(up ? 1 : -1);
    test.forEach((i, q) => {
      scores[i] = found[q]!;
    });
  }
  return plattScaling(
    scores,
    Array.from(y, (v) => (v > 0 ? 1 : 0)),
    { sampleWeight: weights },
  );
}

/**
 * Class probabilities from those of all pairs: minimises the sum over pairs of (r_ji p_i - r_ij p_j)^2. Wu, Lin and Weng
 * (2004), JMLR 5, second method.
 *
 * @param r K x K, r[i * K + j] is the probability of class i against class j
 */
export function couplePairs(r: Float64Array, K: number): Float64Array {
  const Q = new Float64Array(K * K);
  for (let i = 0; i < K; i++)
    for (let j = 0; j < K; j++) {
      if (i === j) continue;
      Q[i * K + i] = Q[i * K + i]! + r[j * K + i]! ** 2;
      Q[i * K + j] = -r[j * K + i]! * r[i * K + j]!;
    }
  const p = new Float64Array(K).fill(1 / K);
  const Qp = new Float64Array(K);
  for (let iteration = 0; iteration < Math.max(100, K); iteration++) {
    let pQp = 0;
    for (let i = 0; i < K; i++) {
      Qp[i] = 0;
      for (let j = 0; j < K; j++) Qp[i] = Qp[i]! + Q[i * K + j]! * p[j]!;
      pQp += p[i]! * Qp[i]!;
    }
    if (Math.max(...Qp.map((v) => Math.abs(v - pQp))) < 1e-12 / K) break;
    for (let i = 0; i < K; i++) {
      const move = (pQp - Qp[i]!) / Q[i * K + i]!;
      p[i] = p[i]! + move;
      pQp = (pQp + move * (move * Q[i * K + i]! + 2 * Qp[i]!)) / (1 + move) ** 2;
      for (let j = 0; j < K; j++) {
        Qp[j] = (Qp[j]! + move * Q[i * K + j]!) / (1 + move);
        p[j] = p[j]! / (1 + move);
      }
    }
  }
  const total = p.reduce((a, b) => a + b, 0);
  return p.map((v) => Math.min(1, Math.max(0, v / total)));
}
