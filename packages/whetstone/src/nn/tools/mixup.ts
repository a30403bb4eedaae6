import { argumentError, shapeError } from "../../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../../math/index.ts";
import { Tensor } from "../../tensor/index.ts";

/** A batch whose rows were mixed with others of it. */
export interface Mixed {
  readonly x: Tensor;
  readonly y: Tensor;
  /** Share of the row itself; its partner has the rest. */
  readonly lambda: number;
  /** Row that each row was mixed with. */
  readonly partner: Int32Array;
}

/**
 * Rows mixed with rows of the same batch, inputs and targets alike: lambda x_i + (1 - lambda) x_j with lambda from
 * Beta(alpha, alpha) (Zhang et al. 2018). `y` holds probabilities (or numbers); x may be images, table rows or
 * embeddings. Lambda and partners are inputs of the graph, so that one plan serves all batches.
 *
 * @example
 * const { x, y } = mixup(Tensor.from([[0], [1]]), Tensor.from([[0], [1]]), { seed: 0 });
 * x.sub(y).abs().max().item(); // 0
 */
export function mixup(
  x: Tensor,
  y: Tensor,
  options: { readonly alpha?: number; readonly seed?: Seed | RandomStream } = {},
): Mixed {
  const { alpha = 0.2, seed = 0 } = options;
  if (!(alpha > 0)) throw argumentError("mixup", "alpha", alpha, "a number > 0");
  const n = x.shape[0]!;
  if (y.shape[0] !== n) throw shapeError("mixup", "y", `has ${y.shape[0]} rows`, `${n} (rows of x)`);
  const stream = typeof seed === "object" ? seed : randomStream(seed);
  const lambda = stream.beta(alpha, alpha);
  const partner = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = stream.int(i + 1);
    [partner[i], partner[j]] = [partner[j]!, partner[i]!];
  }
  const index = Tensor.from(partner);
  const share = Tensor.from(lambda);
  const mix = (t: Tensor) => {
    const f = t.dtype === "f32" || t.dtype === "f64" ? t : t.to("f32");
    const l = share.to(f.dtype);
    return f.mul(l).add(f.take(index).mul(l.neg().add(1)));
  };
  return { x: mix(x), y: mix(y), lambda, partner };
}
