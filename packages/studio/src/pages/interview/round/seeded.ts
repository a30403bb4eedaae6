/**
 * Numbers in [0, 1) that a seed fixes, to choose questions with: the mixing of SplitMix in 32 bits. The library's
 * streams would bring its kernels to a page that computes nothing else.
 */
export function seeded(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}
