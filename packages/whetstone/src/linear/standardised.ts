import { valueError } from "../errors.ts";
import type { Matrix } from "../math/matrix.ts";

/** Columns of unit spread, centred where an intercept takes that up: `(x - centre) * scale`. */
export function standardised(
  X: Matrix,
  weights: Float64Array | null,
  centred: boolean,
  where: string,
): { Z: Float64Array; centre: Float64Array; scale: Float64Array } {
  const { rows: n, cols: d, data } = X;
  const centre = new Float64Array(d);
  const scale = new Float64Array(d).fill(1);
  const total = weights ? weights.reduce((s, w) => s + w, 0) : n;
  for (let j = 0; j < d; j++) {
    let mean = 0;
    let square = 0;
    // About the first row: exact for constant columns.
    const origin = centred ? data[j]! : 0;
    for (let i = 0; i < n; i++) mean += ((weights ? weights[i]! : 1) * (data[i * d + j]! - origin)) / total;
    centre[j] = centred ? origin + mean : 0;
    for (let i = 0; i < n; i++)
      square += ((weights ? weights[i]! : 1) * (data[i * d + j]! - centre[j]!) ** 2) / total;
    if (!Number.isFinite(square)) {
      throw valueError(where, "X", `holds numbers whose squares overflow in column ${j}: scale it first`);
    }
    if (square > 0) scale[j] = 1 / Math.sqrt(square);
    if (!Number.isFinite(scale[j]!)) scale[j] = 1;
  }
  const Z = data.map((v, at) => (v - centre[at % d]!) * scale[at % d]!);
  return { Z, centre, scale };
}
