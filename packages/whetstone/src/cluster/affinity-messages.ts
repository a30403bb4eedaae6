/** The messages of affinity propagation over flat n x n matrices. Frey and Dueck (2007), Science 315, equations 1 to 3. */
import type { RandomStream } from "../math/index.ts";

export interface Exemplars {
  /** Rows that stand for groups, ascending. */
  readonly exemplars: Int32Array;
  readonly labels: Int32Array;
}

interface Messages {
  /** Whether each row called itself an exemplar at the end. */
  readonly exemplars: Uint8Array;
  readonly iterations: number;
  readonly converged: boolean;
  /** Where all similarities are equal, there is nothing to say: each its own group, or all one. */
  readonly settled: Exemplars | null;
}

/**
 * Rounds of messages until the exemplars stay the same.
 *
 * @param S similarities, n x n; its diagonal becomes the preferences, and ties are broken by noise in the last digit
 */
export function passMessages(
  S: Float64Array,
  n: number,
  preference: Float64Array,
  options: { damping: number; maxIter: number; convergenceIter: number },
  random: RandomStream,
  onRound: (done: number) => void,
): Messages {
  const { damping, maxIter, convergenceIter } = options;
  const settled = settle(S, n, preference);
  if (settled !== null) return { exemplars: new Uint8Array(n), iterations: 0, converged: true, settled };
  for (let i = 0; i < n; i++) S[i * n + i] = preference[i]!;
  for (let at = 0; at < S.length; at++) S[at] = S[at]! + (Number.EPSILON * S[at]! + 1e-306) * random.normal();
  const A = new Float64Array(n * n);
  const R = new Float64Array(n * n);
  const wanted = new Float64Array(n);
  const exemplars = new Uint8Array(n);
  const unchanged = new Int32Array(n).fill(-1);
  const blend = 1 - damping;
  let iterations = 0;
  while (iterations < maxIter) {
    onRound(iterations);
    wanted.fill(0);
    for (let i = 0; i < n; i++) {
      // Row i hears from its best candidate, which itself hears from the second best.
      let [best, first, second] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let k = 0, at = i * n; k < n; k++, at++) {
        const v = A[at]! + S[at]!;
        if (v > first) {
          second = first;
          first = v;
          best = k;
        } else if (v > second) second = v;
      }
      for (let k = 0, at = i * n; k < n; k++, at++) {
        const r = damping * R[at]! + blend * (S[at]! - (k === best ? second : first));
        R[at] = r;
        if (k === i || r > 0) wanted[k] = wanted[k]! + r;
      }
    }
    for (let i = 0; i < n; i++)
      for (let k = 0, at = i * n; k < n; k++, at++) {
        const others = wanted[k]! - (k === i ? R[at]! : Math.max(0, R[at]!));
        A[at] = damping * A[at]! + blend * (k === i ? others : Math.min(0, others));
      }
    let count = 0;
    let same = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const now = A[i * n + i]! + R[i * n + i]! > 0 ? 1 : 0;
      count += now;
      unchanged[i] = now === exemplars[i] || unchanged[i] === -1 ? unchanged[i]! + 1 : 0;
      exemplars[i] = now;
      same = Math.min(same, unchanged[i]!);
    }
    iterations++;
    if (iterations > convergenceIter && same >= convergenceIter - 1 && count > 0)
      return { exemplars, iterations, converged: true, settled: null };
  }
  return { exemplars, iterations, converged: false, settled: null };
}

function settle(S: Float64Array, n: number, preference: Float64Array): Exemplars | null {
  const other = n > 1 ? S[1]! : S[0]!;
  if (n > 1 && !preference.every((v) => v === preference[0])) return null;
  for (let i = 0; i < n && n > 1; i++)
    for (let k = 0; k < n; k++) if (k !== i && S[i * n + k] !== other) return null;
  const each = preference[0]! >= other;
  return {
    exemplars: each ? Int32Array.from({ length: n }, (_, i) => i) : Int32Array.of(0),
    labels: Int32Array.from({ length: n }, (_, i) => (each ? i : 0)),
  };
}

/** Rows go to the most similar exemplar; then the best centre of each group becomes its exemplar, and rows go again. */
export function chooseExemplars(S: Float64Array, n: number, isExemplar: Uint8Array): Exemplars {
  let chosen = Int32Array.from(isExemplar.keys()).filter((i) => isExemplar[i] === 1);
  if (chosen.length === 0) return { exemplars: chosen, labels: new Int32Array(n).fill(-1) };
  const groups = assign(S, n, chosen);
  chosen = chosen.map((_, c) => {
    const rows = [...groups.keys()].filter((i) => groups[i] === c);
    let best = rows[0]!;
    let most = Number.NEGATIVE_INFINITY;
    for (const k of rows) {
      let sum = 0;
      for (const i of rows) sum += S[i * n + k]!;
      if (sum > most) {
        most = sum;
        best = k;
      }
    }
    return best;
  });
  const last = assign(S, n, chosen);
  const exemplars = chosen.slice().sort();
  return { exemplars, labels: last.map((c) => exemplars.indexOf(chosen[c]!)) };
}

function assign(S: Float64Array, n: number, exemplars: Int32Array): Int32Array {
  const groups = Int32Array.from({ length: n }, (_, i) => {
    let best = 0;
    for (let c = 1; c < exemplars.length; c++)
      if (S[i * n + exemplars[c]!]! > S[i * n + exemplars[best]!]!) best = c;
    return best;
  });
  exemplars.forEach((row, c) => {
    groups[row] = c;
  });
  return groups;
}
