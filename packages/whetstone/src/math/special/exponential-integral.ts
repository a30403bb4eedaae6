const EULER = 0.5772156649015329;

/** sum of (sign x)^n / (n n!) from n = 1. */
function entire(x: number): number {
  let power = 1;
  let sum = 0;
  for (let n = 1; n < 300; n++) {
    power *= x / n;
    const term = power / n;
    sum += term;
    if (Math.abs(term) < 1e-17 * Math.abs(sum)) break;
  }
  return sum;
}

/**
 * Exponential integral E1(x), the integral of exp(-t) / t from x to infinity, for x > 0.
 *
 * @example
 * expIntegralE1(1); // 0.21938393439552029
 */
export function expIntegralE1(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x <= 1) return -EULER - Math.log(x) - entire(-x);
  // Continued fraction by the modified Lentz method.
  let b = x + 1;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1000; n++) {
    const an = -n * n;
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const delta = c * d;
    h *= delta;
    if (Math.abs(delta - 1) < 2.3e-16) break;
  }
  return h * Math.exp(-x);
}

/** Positive zero of Ei as a sum of two doubles. */
const EI_ROOT = 0.3725074107813666;
const EI_ROOT_LOW = 1.3140183414386028e-17;

/** Ei(r + z) for small z: Ei' = exp(x) / x, so the series follows from the quotient of two power series. */
function eiNearRoot(z: number): number {
  const e = Math.exp(EI_ROOT);
  let exponential = e;
  let quotient = e / EI_ROOT;
  let power = z;
  let sum = quotient * z;
  for (let n = 1; n < 80; n++) {
    exponential /= n;
    quotient = (exponential - quotient) / EI_ROOT;
    power *= z;
    const term = (quotient * power) / (n + 1);
    sum += term;
    if (Math.abs(term) < 1e-17 * Math.abs(sum)) break;
  }
  return sum;
}

/**
 * Exponential integral Ei(x) (Cauchy principal value), for any real x; accurate at its zero 0.3725.
 *
 * @example
 * expIntegralEi(1); // 1.895117816355937
 */
export function expIntegralEi(x: number): number {
  if (x < 0) return -expIntegralE1(-x);
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (Math.abs(x - EI_ROOT) < 0.15) return eiNearRoot(x - EI_ROOT - EI_ROOT_LOW);
  if (x <= 45) return EULER + Math.log(x) + entire(x);
  let term = 1;
  let sum = 1;
  for (let n = 1; n < x; n++) {
    term *= n / x;
    sum += term;
    if (term < 1e-17) break;
  }
  const half = Math.exp(0.5 * x);
  return x < 700 ? (Math.exp(x) / x) * sum : (half / x) * sum * half;
}
