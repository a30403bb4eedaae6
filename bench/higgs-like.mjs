/** A classification problem with the shape of the HIGGS data, for the rows about trees. */
import { randomStream } from "whetstone/math";

/**
 * Shaped like the HIGGS data: momenta (positive, skewed), angles, four tags of three values, and seven masses
 * computed from the others; the label depends on masses and their interactions, with noise.
 */
export function higgsLike(rows, cols = 28) {
  const random = randomStream("higgs-like");
  const X = new Float32Array(rows * cols);
  const y = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = X.subarray(i * cols, (i + 1) * cols);
    const signal = random.uniform() < 0.53 ? 1 : 0;
    for (let j = 0; j < 21; j++) {
      if (j % 4 === 0) x[j] = random.gamma(3, 0.33 + 0.03 * signal);
      else if (j % 4 === 3 && j > 7) x[j] = [0, 1.1, 2.2][random.int(3)];
      else x[j] = random.normal();
    }
    for (let j = 21; j < 28; j++) {
      const a = x[(j * 5) % 21];
      const b = x[(j * 11 + 4) % 21];
      const width = signal ? 0.25 : 0.4;
      x[j] = 1 + 0.2 * Math.abs(a) + 0.15 * a * b * (signal ? 0.6 : 1) + width * random.normal();
    }
    y[i] = signal;
  }
  return { X, y };
}
