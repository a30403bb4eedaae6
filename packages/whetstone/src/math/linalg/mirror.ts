const TILE = 32;

/** Copies the lower triangle of an n x n array over the upper one, by tiles that stay in the cache. */
export function mirrorLower(n: number, A: Float64Array): void {
  for (let top = 0; top < n; top += TILE) {
    for (let left = 0; left <= top; left += TILE) {
      for (let i = top; i < Math.min(n, top + TILE); i++)
        for (let j = left; j < Math.min(i, left + TILE); j++) A[j * n + i] = A[i * n + j]!;
    }
  }
}
