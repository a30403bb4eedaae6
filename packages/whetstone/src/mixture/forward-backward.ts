import type { Matrix } from "../math/index.ts";

/** Everything forward-backward finds out about one sequence. */
export interface ForwardBackward {
  readonly logLikelihood: number;
  /** P(state at t | whole sequence), T x k. */
  readonly posterior: Float64Array;
  /** Sum over t of P(state s at t, state u at t + 1 | sequence), k x k. */
  readonly transitions: Float64Array;
}

/**
 * Forward and backward passes, scaled at every step so that long sequences do not underflow (Rabiner 1989, section V).
 *
 * @param logB T x k: log p(observation | state).
 */
export function forwardBackward(start: Float64Array, A: Matrix, logB: Matrix): ForwardBackward {
  const { rows: T, cols: k } = logB;
  const b = new Float64Array(T * k); // emissions relative to the best of each step
  const alpha = new Float64Array(T * k); // P(state | past and present)
  const scale = new Float64Array(T);
  let logLikelihood = 0;
  for (let t = 0; t < T; t++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let s = 0; s < k; s++) top = Math.max(top, logB.data[t * k + s]!);
    for (let s = 0; s < k; s++) {
      const e = top === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logB.data[t * k + s]! - top);
      b[t * k + s] = e;
      let before = 0;
      if (t === 0) before = start[s]!;
      else for (let r = 0; r < k; r++) before += alpha[(t - 1) * k + r]! * A.data[r * k + s]!;
      alpha[t * k + s] = before * e;
      scale[t] = scale[t]! + before * e;
    }
    logLikelihood += Math.log(scale[t]!) + top;
    if (scale[t]! > 0) for (let s = 0; s < k; s++) alpha[t * k + s] = alpha[t * k + s]! / scale[t]!;
  }
  const posterior = alpha.slice();
  const transitions = new Float64Array(k * k);
  let beta = new Float64Array(k).fill(1);
  for (let t = T - 2; t >= 0; t--) {
    const next = new Float64Array(k);
    const c = scale[t + 1]!;
    for (let r = 0; r < k; r++) {
      for (let s = 0; s < k; s++) {
        const flow = c > 0 ? (A.data[r * k + s]! * b[(t + 1) * k + s]! * beta[s]!) / c : 0;
        next[r] = next[r]! + flow;
        transitions[r * k + s] = transitions[r * k + s]! + alpha[t * k + r]! * flow;
      }
      posterior[t * k + r] = alpha[t * k + r]! * next[r]!;
    }
    beta = next;
  }
  return { logLikelihood, posterior, transitions };
}

/** The most probable path of states and its joint log probability with the observations (Viterbi 1967). */
export function viterbi(
  start: Float64Array,
  A: Matrix,
  logB: Matrix,
): { states: Int32Array; logProbability: number } {
  const { rows: T, cols: k } = logB;
  const logA = A.data.map(Math.log);
  const from = new Int32Array(T * k);
  let best = start.map((p, s) => Math.log(p) + logB.data[s]!);
  for (let t = 1; t < T; t++) {
    const next = new Float64Array(k);
    for (let s = 0; s < k; s++) {
      let top = 0;
      for (let r = 1; r < k; r++) if (best[r]! + logA[r * k + s]! > best[top]! + logA[top * k + s]!) top = r;
      from[t * k + s] = top;
      next[s] = best[top]! + logA[top * k + s]! + logB.data[t * k + s]!;
    }
    best = next;
  }
  let last = 0;
  for (let s = 1; s < k; s++) if (best[s]! > best[last]!) last = s;
  const states = new Int32Array(T);
  states[T - 1] = last;
  for (let t = T - 1; t > 0; t--) states[t - 1] = from[t * k + states[t]!]!;
  return { states, logProbability: best[last]! };
}
