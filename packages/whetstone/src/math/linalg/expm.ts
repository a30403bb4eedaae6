import { Matrix } from "../matrix.ts";
import { asSquare, type DenseInput } from "./check.ts";
import { lu } from "./lu.ts";
import { norm } from "./norms.ts";

/** Largest 1-norm for which the Pade approximant of each degree is exact to rounding (Higham 2005, table 2.3). */
const THETA: readonly (readonly [degree: number, theta: number])[] = [
  [3, 1.495585217958292e-2],
  [5, 2.53939833006323e-1],
  [7, 9.504178996162932e-1],
  [9, 2.097847961257068],
];
const THETA_13 = 5.371920351148152;

/**
 * Matrix exponential: Pade approximation of the scaled matrix, squared back (Higham 2005, "The scaling and squaring
 * method for the matrix exponential revisited").
 *
 * @param A n x n.
 *
 * @example
 * expm([[0, 1], [0, 0]]).toArray(); // [[1, 1], [0, 1]]
 */
export function expm(A: DenseInput): Matrix {
  const a = asSquare("expm", "A", A);
  if (a.rows === 0) return a.clone();
  const size = norm(a, 1);
  for (const [degree, theta] of THETA) if (size <= theta) return pade(a, degree);
  const squarings = Math.max(0, Math.ceil(Math.log2(size / THETA_13)));
  let out = pade(a.scale(2 ** -squarings), 13);
  for (let i = 0; i < squarings; i++) out = out.matmul(out);
  return out;
}

/** Diagonal Pade approximant q(A)^-1 p(A) with p(x) = sum c_j x^j, q(x) = p(-x). */
function pade(A: Matrix, degree: number): Matrix {
  const c = [1];
  for (let j = 1; j <= degree; j++) c.push((c[j - 1]! * (degree - j + 1)) / (j * (2 * degree - j + 1)));
  const I = Matrix.identity(A.rows);
  const A2 = A.matmul(A);
  let even: Matrix;
  let odd: Matrix;
  if (degree === 13) {
    // Six products instead of the twelve of Horner's rule.
    const A4 = A2.matmul(A2);
    const A6 = A4.matmul(A2);
    const high = (shift: number): Matrix =>
      combine([A6, A4, A2], [c[12 + shift]!, c[10 + shift]!, c[8 + shift]!]);
    const low = (shift: number): Matrix =>
      combine([A6, A4, A2, I], [c[6 + shift]!, c[4 + shift]!, c[2 + shift]!, c[shift]!]);
    even = A6.matmul(high(0)).add(low(0));
    odd = A.matmul(A6.matmul(high(1)).add(low(1)));
  } else {
    const powers = [I, A2];
    while (powers.length <= (degree - 1) / 2) powers.push(powers[powers.length - 1]!.matmul(A2));
    even = combine(
      powers,
      powers.map((_, i) => c[2 * i]!),
    );
    odd = A.matmul(
      combine(
        powers,
        powers.map((_, i) => c[2 * i + 1]!),
      ),
    );
  }
  return lu(even.sub(odd)).solve(even.add(odd));
}

function combine(matrices: readonly Matrix[], weights: readonly number[]): Matrix {
  const out = Matrix.zeros(matrices[0]!.rows, matrices[0]!.cols);
  for (const [g, M] of matrices.entries()) {
    for (let at = 0; at < out.data.length; at++) out.data[at] = out.data[at]! + weights[g]! * M.data[at]!;
  }
  return out;
}
