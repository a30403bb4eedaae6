/**
 * Linear support vector machines by dual coordinate descent: Hsieh et al. (2008), ICML, and for regression Ho and Lin
 * (2012), JMLR 13. One variable at a time, in random order, with w kept up to date.
 */
import { addRow, type RandomStream, type RowLists, rowDot } from "../math/index.ts";

function squaredNorm({ values, starts }: RowLists, i: number): number {
  let sum = 0;
  for (let q = starts[i]!; q < starts[i + 1]!; q++) sum += values[q]! ** 2;
  return sum;
}

export interface LinearProblem {
  readonly X: RowLists;
  /** The constant column that carries the intercept; 0 for none. */
  readonly bias: number;
  /** +-1 for classification, numbers for regression. */
  readonly y: Float64Array;
  /** Price of each row's error. */
  readonly price: Float64Array;
  /** Whether errors count squared. */
  readonly squared: boolean;
  /** Half-width of the tube of regression; null for classification. */
  readonly epsilon: number | null;
  readonly tol: number;
  readonly maxIter: number;
  readonly random: RandomStream;
  readonly onPass: (pass: number) => void;
}

export interface LinearSolution {
  readonly w: Float64Array; // cols
  /** Weight of the bias column, times bias. */
  readonly intercept: number;
  readonly alpha: Float64Array;
  readonly primal: number;
  /** Primal less dual objective: how far from the optimum the primal can be at most. */
  readonly gap: number;
  readonly passes: number;
  readonly converged: boolean;
}

/** Solves until the duality gap is below tol times the primal objective at w = 0. */
export function solveLinear(problem: LinearProblem): LinearSolution {
  const { X, bias, y, price, squared, epsilon, random, maxIter } = problem;
  const n = X.rows;
  const w = new Float64Array(X.cols);
  let b = 0; // weight of the bias column
  const alpha = new Float64Array(n);
  const diagonal = Float64Array.from({ length: n }, (_, i) => (squared ? 0.5 / price[i]! : 0));
  const curve = diagonal.map((v, i) => v + squaredNorm(X, i) + bias * bias);
  const live = Int32Array.from({ length: n }, (_, i) => i).filter((i) => price[i]! > 0);
  const reference = objectives(problem, w, b, alpha).primal || 1;
  let passes = 0;
  let found = objectives(problem, w, b, alpha);
  let converged = false;
  // Rows at a bound whose gradient holds them there are set aside (Hsieh et al., section 3.2), regression's are not.
  let active = live.length;
  let [highest, lowest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let spreadOfAll = Number.POSITIVE_INFINITY;
  while (passes < maxIter && !converged) {
    problem.onPass(passes);
    for (let at = active - 1; at > 0; at--) {
      const other = random.int(at + 1);
      const t = live[at]!;
      live[at] = live[other]!;
      live[other] = t;
    }
    const all = active === live.length;
    let [most, least] = [0, 0];
    for (let at = 0; at < active; at++) {
      const i = live[at]!;
      const h = curve[i]!;
      if (!(h > 0)) continue;
      const old = alpha[i]!;
      const f = rowDot(X, i, w) + bias * b;
      const top = squared ? Number.POSITIVE_INFINITY : price[i]!;
      let next: number;
      let factor: number;
      if (epsilon === null) {
        const gradient = y[i]! * f - 1 + diagonal[i]! * old;
        if ((old === 0 && gradient > highest) || (old === top && gradient < lowest)) {
          active--;
          live[at] = live[active]!;
          live[active] = i;
          at--;
          continue;
        }
        if (gradient < 0 ? old < top : old > 0) {
          most = Math.max(most, gradient);
          least = Math.min(least, gradient);
        }
        next = Math.min(top, Math.max(0, old - gradient / h));
        factor = (next - old) * y[i]!;
      } else {
        // One variable in [-top, top]: a quadratic plus epsilon |a|.
        const gradient = f - y[i]! + diagonal[i]! * old;
        const centre = old - gradient / h;
        const soft = Math.sign(centre) * Math.max(0, Math.abs(centre) - epsilon / h);
        next = Math.min(top, Math.max(-top, soft));
        factor = next - old;
      }
      if (next === old) continue;
      alpha[i] = next;
      addRow(X, i, factor, w);
      b += factor * bias;
    }
    passes++;
    const spread = most - least;
    if (all) spreadOfAll = spread;
    // The active rows are settled as far as it pays before the others are looked at again.
    const settled = epsilon === null && spread <= 0.1 * spreadOfAll;
    highest = most > 0 && !settled ? most : Number.POSITIVE_INFINITY;
    lowest = least < 0 && !settled ? least : Number.NEGATIVE_INFINITY;
    if (settled) active = live.length;
    // The gap costs a pass of its own, so it is looked at less often as time goes on.
    if (passes < 5 || passes % 10 === 0 || settled || passes === maxIter) {
      found = objectives(problem, w, b, alpha);
      converged = found.gap <= problem.tol * reference;
    }
  }
  return { w, intercept: b * bias, alpha, primal: found.primal, gap: found.gap, passes, converged };
}

function objectives(
  { X, bias, y, price, squared, epsilon }: LinearProblem,
  w: Float64Array,
  b: number,
  alpha: Float64Array,
): { primal: number; gap: number } {
  let norm = b * b;
  for (const v of w) norm += v * v;
  let loss = 0;
  let dual = -norm / 2;
  for (let i = 0; i < X.rows; i++) {
    if (!(price[i]! > 0)) continue;
    const f = rowDot(X, i, w) + bias * b;
    const a = alpha[i]!;
    const error = epsilon === null ? Math.max(0, 1 - y[i]! * f) : Math.max(0, Math.abs(y[i]! - f) - epsilon);
    loss += price[i]! * (squared ? error * error : error);
    dual += epsilon === null ? a : a * y[i]! - epsilon * Math.abs(a);
    if (squared) dual -= (a * a) / (4 * price[i]!);
  }
  const primal = norm / 2 + loss;
  return { primal, gap: primal - dual };
}
