import { argumentError } from "../../errors.ts";
import { checkpoint, type Tensor } from "../../tensor/index.ts";
import type { Sequential } from "../containers.ts";

/**
 * Runs a Sequential in `segments` parts of which only the inputs are kept for the backward pass; what lies inside is
 * computed again there (Chen et al. 2016). With about sqrt(n) segments the memory for activations grows as sqrt(n), for
 * one more forward pass of time. Dropout masks are the same in both passes, and batch statistics are updated once.
 *
 * @example
 * const net = new Sequential(new Linear(2, 4, { seed: 0 }), new Tanh(), new Linear(4, 1, { seed: 1 }));
 * const x = Tensor.ones([1, 2]);
 * checkpointSequential(net, 2, x).item() === net.forward(x).item(); // true
 */
export function checkpointSequential(net: Sequential, segments: number, x: Tensor): Tensor {
  const n = net.layers.length;
  if (!(Number.isSafeInteger(segments) && segments >= 1 && segments <= Math.max(1, n))) {
    throw argumentError(
      "checkpointSequential",
      "segments",
      segments,
      `a whole number from 1 to ${n} (layers)`,
    );
  }
  let y = x;
  for (let s = 0; s < segments; s++) {
    const part = net.layers.slice(Math.floor((s * n) / segments), Math.floor(((s + 1) * n) / segments));
    y = checkpoint((z) => part.reduce((v, layer) => layer.forward(v), z), y);
  }
  return y;
}
