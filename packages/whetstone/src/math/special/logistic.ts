/** Logarithms and exponentials that neither overflow nor cancel. */

/**
 * 1 / (1 + exp(-x)), full relative accuracy in both tails.
 *
 * @example
 * sigmoid(-800); // 0, without an overflow on the way
 */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/**
 * log(1 / (1 + exp(-x))): about x for very negative x, about -exp(-x) for large x.
 *
 * @example
 * logSigmoid(0); // -Math.log(2)
 * logSigmoid(-1000); // -1000
 */
export function logSigmoid(x: number): number {
  return -softplus(-x);
}

/**
 * log(1 + exp(x)).
 *
 * @example
 * softplus(1000); // 1000
 */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/**
 * log(p / (1 - p)), accurate around p = 1/2 too; `±Infinity` at 0 and 1, `NaN` outside.
 *
 * @example
 * logit(0.75); // Math.log(3)
 */
export function logit(p: number): number {
  if (p < 0.3 || p > 0.65) return Math.log(p / (1 - p));
  return Math.log1p((2 * p - 1) / (1 - p));
}

/**
 * log(1 - exp(x)) for x <= 0 (Mächler 2012, "Accurately computing log(1 - exp(-|a|))").
 *
 * @example
 * log1mexp(-1); // -0.4586751
 * log1mexp(-1e-20); // Math.log(1e-20)
 */
export function log1mexp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/**
 * log(1 + x) - x without cancellation for small x.
 *
 * @example
 * log1pmx(1); // Math.log(2) - 1
 */
export function log1pmx(x: number): number {
  if (!(x > -0.55 && x < 1.2)) return Math.log1p(x) - x;
  // log1p(x) = 2 atanh(r) with r = x / (2 + x), and 2r - x = -x r.
  const r = x / (2 + x);
  const r2 = r * r;
  let sum = 0;
  let power = 1;
  for (let k = 3; k < 61; k += 2) {
    const term = power / k;
    sum += term;
    if (term < 1e-17 * sum) break;
    power *= r2;
  }
  return r * (2 * r2 * sum - x);
}

/**
 * log(exp(a) + exp(b)).
 *
 * @example
 * logAddExp(1000, 1000); // 1000 + Math.log(2)
 */
export function logAddExp(a: number, b: number): number {
  if (a === b) return a + Math.LN2;
  const top = Math.max(a, b);
  return top === Number.POSITIVE_INFINITY ? top : top + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/**
 * x log y with 0 log 0 = 0.
 *
 * @example
 * xlogy(0, 0); // 0
 */
export function xlogy(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);
}

/**
 * x log(1 + y) with 0 log 0 = 0.
 *
 * @example
 * xlog1py(0, -1); // 0
 */
export function xlog1py(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log1p(y);
}
