/** One step of Elkan's k-means: see cluster/elkan.ts. */
import { addRow, squaredDistance } from "./kmeans-rows";
import { min } from "./simd";

/** Bounds that are this close count as equal, so that rounding prunes no centre. */
const SLACK: f64 = 1 + 1e-10;

/**
 * Assigns the rows of one chunk to their nearest centre and adds them up; `partial[chunk]` as `lloydStep` writes it.
 *
 * `between` (k x k) holds half the distances between centres, `nearest` half the distance to the nearest other one, `shift`
 * how far each centre moved since the last step. `upper` and `lower` (rows x k) are the bounds, kept between steps;
 * where a label is negative they are started. Ties go to the first centre.
 */
export function elkanStep(
  x: usize, w: usize, centres: usize, between: usize, nearest: usize, shift: usize, rows: i32, cols: i32, k: i32,
  upper: usize, lower: usize, labels: usize, partial: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>cols << 3;
  const size = (<usize>k * (cols + 1) + 2) << 3;
  const out = partial + <usize>chunk * size;
  const counts = out + <usize>k * line;
  memory.fill(out, 0, size);
  let changed: f64 = 0;
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const row = x + <usize>i * line;
    const low = lower + ((<usize>i * k) << 3);
    const slot = labels + (<usize>i << 2);
    const old = load<i32>(slot);
    let label = old;
    let bound: f64 = 0;
    let tight = false;
    if (old < 0) {
      label = 0;
      bound = distance(row, centres, cols);
      store<f64>(low, bound);
      for (let c = 1; c < k; c++) store<f64>(low + (<usize>c << 3), 0);
      tight = true;
    } else {
      bound = load<f64>(upper + (<usize>i << 3)) + load<f64>(shift + (<usize>label << 3));
      for (let c = 0; c < k; c++) {
        const at = low + (<usize>c << 3);
        const left = load<f64>(at) - load<f64>(shift + (<usize>c << 3));
        store<f64>(at, left > 0 ? left : 0);
      }
    }
    if (bound * SLACK >= load<f64>(nearest + (<usize>label << 3))) {
      for (let c = 0; c < k; c++) {
        if (c == label) continue;
        const least = load<f64>(low + (<usize>c << 3));
        let half = load<f64>(between + ((<usize>label * k + c) << 3));
        if (bound * SLACK < least || bound * SLACK < half) continue;
        if (!tight) {
          bound = distance(row, centres + <usize>label * line, cols);
          store<f64>(low + (<usize>label << 3), bound);
          tight = true;
          if (bound * SLACK < least || bound * SLACK < half) continue;
        }
        const gap = distance(row, centres + <usize>c * line, cols);
        store<f64>(low + (<usize>c << 3), gap);
        if (gap < bound || (gap == bound && c < label)) {
          label = c;
          bound = gap;
        }
      }
    }
    store<f64>(upper + (<usize>i << 3), bound);
    if (label != old) {
      changed += 1;
      store<i32>(slot, label);
    }
    const weight: f64 = w == 0 ? 1 : load<f64>(w + (<usize>i << 3));
    addRow(row, weight, cols, out + <usize>label * line, counts + (<usize>label << 3));
  }
  // sum of w (|c|^2 / 2 - x.c), from the sums of each centre
  let total: f64 = 0;
  for (let c = 0; c < k; c++) {
    let norm: f64 = 0, dot: f64 = 0;
    const centre = centres + <usize>c * line, sum = out + <usize>c * line;
    for (let j: usize = 0; j < line; j += 8) {
      const v = load<f64>(centre + j);
      norm += v * v;
      dot += v * load<f64>(sum + j);
    }
    total += (load<f64>(counts + (<usize>c << 3)) * norm) / 2 - dot;
  }
  store<f64>(counts + (<usize>k << 3), total);
  store<f64>(counts + (<usize>k << 3), changed, 8);
}

function distance(a: usize, b: usize, cols: i32): f64 {
  return sqrt(squaredDistance(a, b, cols));
}
