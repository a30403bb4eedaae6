/**
 * Affinities p(j | i) proportional to exp(-beta_i d_ij^2), with beta_i such that the entropy of row i is log(perplexity):
 * every point has the same effective number of neighbours (van der Maaten and Hinton 2008, section 2). Newton's steps,
 * and bisection where they leave the bracket.
 *
 * @param squared m squared distances per row, the point itself left out.
 * @returns affinities in the same places, rows sum to 1.
 */
export function conditionalAffinities(
  squared: Float64Array,
  n: number,
  m: number,
  perplexity: number,
): { affinities: Float64Array; betas: Float64Array } {
  const affinities = new Float64Array(n * m);
  const betas = new Float64Array(n);
  const target = Math.log(perplexity);
  for (let i = 0; i < n; i++) betas[i] = calibrate(squared, i * m, m, target, affinities);
  return { affinities, betas };
}

function calibrate(squared: Float64Array, at: number, m: number, target: number, out: Float64Array): number {
  // From the nearest on: the smallest exponent is then 0, and the sum cannot underflow.
  let nearest = Number.POSITIVE_INFINITY;
  let mean = 0;
  for (let j = 0; j < m; j++) {
    nearest = Math.min(nearest, squared[at + j]!);
    mean += squared[at + j]! / m;
  }
  let beta = mean > nearest ? 1 / (mean - nearest) : 1;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 100; round++) {
    let sum = 0;
    let weighted = 0;
    let squares = 0;
    for (let j = 0; j < m; j++) {
      const gap = squared[at + j]! - nearest;
      const e = Math.exp(-beta * gap);
      out[at + j] = e;
      sum += e;
      weighted += e * gap;
      squares += e * gap * gap;
    }
    for (let j = 0; j < m; j++) out[at + j] = out[at + j]! / sum;
    const entropy = Math.log(sum) + (beta * weighted) / sum;
    if (Math.abs(entropy - target) < 1e-10) break;
    if (entropy > target) low = beta;
    else high = beta;
    // By the logarithm of beta the entropy falls at beta^2 times the variance of the gaps.
    const slope = beta * beta * (squares / sum - (weighted / sum) ** 2);
    const next = beta * Math.exp((entropy - target) / slope);
    if (next > low && next < high) beta = next;
    else beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (low + high) / 2;
  }
  return beta;
}
