import { argumentError, requireList, shapeError } from "../errors.ts";
import { asFiniteMatrix, asFiniteVector, type DenseInput } from "./linalg/check.ts";
import { gemm } from "./linalg/multiply.ts";
import { Matrix } from "./matrix.ts";
import { cosineSimilarities, cosineSimilarity, dot, manhattan, pairwiseDistances } from "./vectors.ts";

/**
 * A kernel function k(x, y) by name and parameters; `gamma` defaults to 1 / (number of columns) and must be positive.
 *
 * - `linear`: x.y
 * - `polynomial`: (gamma x.y + coef0)^degree; degree default 3, coef0 default 1
 * - `rbf`: exp(-gamma |x - y|^2)
 * - `laplacian`: exp(-gamma |x - y|_1)
 * - `sigmoid`: tanh(gamma x.y + coef0); coef0 default 1; not positive semi-definite in general
 * - `cosine`: x.y / (|x| |y|), 0 where one of them is a zero vector
 */
export type Kernel =
  | { readonly kind: "linear" }
  | {
      readonly kind: "polynomial";
      readonly degree?: number;
      readonly gamma?: number;
      readonly coef0?: number;
    }
  | { readonly kind: "rbf"; readonly gamma?: number }
  | { readonly kind: "laplacian"; readonly gamma?: number }
  | { readonly kind: "sigmoid"; readonly gamma?: number; readonly coef0?: number }
  | { readonly kind: "cosine" };

/**
 * Linear kernel x.y.
 *
 * @example
 * linearKernel([1, 2], [3, 4]); // 11
 */
export function linearKernel(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return evaluateKernel({ kind: "linear" }, x, y);
}

/**
 * Polynomial kernel (gamma x.y + coef0)^degree; see {@link Kernel} for the defaults.
 *
 * @example
 * polynomialKernel([1, 2], [3, 4], { degree: 2, gamma: 1 }); // 144
 */
export function polynomialKernel(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly degree?: number; readonly gamma?: number; readonly coef0?: number } = {},
): number {
  return evaluateKernel({ kind: "polynomial", ...options }, x, y);
}

/**
 * Gaussian kernel exp(-gamma |x - y|^2).
 *
 * @example
 * rbfKernel([0, 0], [1, 1], { gamma: 0.5 }); // exp(-1)
 */
export function rbfKernel(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly gamma?: number } = {},
): number {
  return evaluateKernel({ kind: "rbf", ...options }, x, y);
}

/**
 * Laplacian kernel exp(-gamma |x - y|_1).
 *
 * @example
 * laplacianKernel([0, 0], [1, 1], { gamma: 0.5 }); // exp(-1)
 */
export function laplacianKernel(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly gamma?: number } = {},
): number {
  return evaluateKernel({ kind: "laplacian", ...options }, x, y);
}

/**
 * Sigmoid kernel tanh(gamma x.y + coef0).
 *
 * @example
 * sigmoidKernel([1], [2], { gamma: 1, coef0: 0 }); // tanh(2)
 */
export function sigmoidKernel(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly gamma?: number; readonly coef0?: number } = {},
): number {
  return evaluateKernel({ kind: "sigmoid", ...options }, x, y);
}

/**
 * Cosine kernel: the cosine of the angle between x and y, 0 for a zero vector.
 *
 * @example
 * cosineKernel([1, 0], [1, 1]); // 0.7071...
 */
export function cosineKernel(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return evaluateKernel({ kind: "cosine" }, x, y);
}

/**
 * One value k(x, y).
 *
 * @example
 * evaluateKernel({ kind: "rbf", gamma: 0.5 }, [0, 0], [1, 1]); // exp(-1)
 */
export function evaluateKernel(kernel: Kernel, x: ArrayLike<number>, y: ArrayLike<number>): number {
  const where = "evaluateKernel";
  requireList(where, "x", x);
  requireList(where, "y", y);
  const { gamma, coef0, degree } = parameters(where, kernel, x.length);
  switch (kernel.kind) {
    case "linear":
      return dot(x, y);
    case "polynomial":
      return (gamma * dot(x, y) + coef0) ** degree;
    case "sigmoid":
      return Math.tanh(gamma * dot(x, y) + coef0);
    case "cosine":
      return cosineSimilarity(x, y);
    case "laplacian":
      return Math.exp(-gamma * manhattan(x, y));
    case "rbf": {
      const a = asFiniteVector(where, "x", x);
      const b = asFiniteVector(where, "y", y);
      if (a.length !== b.length)
        throw shapeError(where, "y", `has ${b.length} entries`, `${a.length} (as x)`);
      let sum = 0;
      for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
      return Math.exp(-gamma * sum);
    }
  }
}

/**
 * Gram matrix: entry (i, j) is k(row i of X, row j of Y).
 *
 * @param X n x d.
 * @param Y m x d; default X, and then the result is exactly symmetric.
 * @returns n x m.
 *
 * @example
 * gramMatrix({ kind: "polynomial", degree: 2 }, [[1], [2]]).toArray(); // [[4, 9], [9, 25]]
 */
export function gramMatrix(kernel: Kernel, X: DenseInput, Y?: DenseInput): Matrix {
  const where = "gramMatrix";
  const x = asFiniteMatrix(where, "X", X);
  const y = Y === undefined ? x : asFiniteMatrix(where, "Y", Y);
  if (y.cols !== x.cols) throw shapeError(where, "Y", `has ${y.cols} columns`, `${x.cols} (as X)`);
  const { gamma, coef0, degree } = parameters(where, kernel, x.cols);
  switch (kernel.kind) {
    case "linear":
      return products(x, y);
    case "polynomial":
      return products(x, y).map((v) => (gamma * v + coef0) ** degree);
    case "sigmoid":
      return products(x, y).map((v) => Math.tanh(gamma * v + coef0));
    case "cosine":
      return cosineSimilarities(x, y);
    case "rbf":
      return pairwiseDistances(x, Y === undefined ? undefined : y, "sqeuclidean").map((v) =>
        Math.exp(-gamma * v),
      );
    case "laplacian":
      return pairwiseDistances(x, Y === undefined ? undefined : y, "manhattan").map((v) =>
        Math.exp(-gamma * v),
      );
  }
}

function products(x: Matrix, y: Matrix): Matrix {
  const out = Matrix.zeros(x.rows, y.rows);
  gemm(false, true, x.rows, y.rows, x.cols, 1, x.data, y.data, 0, out.data);
  if (x === y) {
    const n = x.rows;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out.data[i * n + j] = out.data[j * n + i]!;
  }
  return out;
}

function parameters(
  where: string,
  kernel: Kernel,
  d: number,
): { gamma: number; coef0: number; degree: number } {
  const kinds = ["linear", "polynomial", "rbf", "laplacian", "sigmoid", "cosine"];
  if (kernel === null || typeof kernel !== "object")
    throw argumentError(where, "kernel", kernel, 'an object such as { kind: "rbf", gamma: 1 }');
  if (!kinds.includes(kernel.kind)) throw argumentError(where, "kernel.kind", kernel.kind, kinds.join(", "));
  const given = kernel as { degree?: number; gamma?: number; coef0?: number };
  const { degree = 3, gamma = 1 / Math.max(1, d), coef0 = 1 } = given;
  if (!(Number.isSafeInteger(degree) && degree >= 1)) {
    throw argumentError(where, "kernel.degree", degree, "a whole number >= 1");
  }
  if (!(gamma > 0 && gamma < Number.POSITIVE_INFINITY)) {
    throw argumentError(where, "kernel.gamma", gamma, "a positive number");
  }
  if (!Number.isFinite(coef0)) throw argumentError(where, "kernel.coef0", coef0, "a finite number");
  return { gamma, coef0, degree };
}

/**
 * Explicit feature map of the polynomial kernel: the dot product of two mapped rows is (gamma x.y + coef0)^degree. One
 * column for each monomial of degree at most `degree` (exactly `degree` if coef0 is 0), weighted by the root of its
 * multinomial coefficient: C(d + degree, degree) columns, which is what the kernel saves.
 *
 * @param X n x d.
 * @param options.coef0 at least 0 (a negative one has no real feature map). Default: 1.
 *
 * @example
 * polynomialFeatureMap([[2]], { degree: 2, gamma: 1 }).toArray(); // [[1, 2.828..., 4]]
 */
export function polynomialFeatureMap(
  X: DenseInput,
  options: { readonly degree?: number; readonly gamma?: number; readonly coef0?: number } = {},
): Matrix {
  const where = "polynomialFeatureMap";
  const x = asFiniteMatrix(where, "X", X);
  const { gamma, coef0, degree } = parameters(where, { kind: "polynomial", ...options }, x.cols);
  if (coef0 < 0) throw argumentError(where, "coef0", coef0, "a number >= 0");
  const monomials: { powers: number[]; weight: number }[] = [];
  // Powers (a_0 .. a_(d-1)) and what is left for the constant: weight degree! / prod(a_i!) * gamma^|a| * coef0^rest.
  const visit = (column: number, left: number, powers: number[], coefficient: number): void => {
    if (column === x.cols) {
      if (coef0 === 0 && left > 0) return;
      const used = degree - left;
      monomials.push({ powers: [...powers], weight: Math.sqrt(coefficient * gamma ** used * coef0 ** left) });
      return;
    }
    let ways = coefficient;
    for (let a = 0; a <= left; a++) {
      visit(column + 1, left - a, [...powers, a], ways);
      ways = (ways * (left - a)) / (a + 1);
    }
  };
  visit(0, degree, [], 1);
  const total = (powers: number[]): number => powers.reduce((s, a) => s + a, 0);
  monomials.sort((p, q) => total(p.powers) - total(q.powers));
  const out = Matrix.zeros(x.rows, monomials.length);
  for (let i = 0; i < x.rows; i++) {
    for (const [g, { powers, weight }] of monomials.entries()) {
      let value = weight;
      for (let c = 0; c < x.cols; c++) value *= x.at(i, c) ** powers[c]!;
      out.data[i * monomials.length + g] = value;
    }
  }
  return out;
}
