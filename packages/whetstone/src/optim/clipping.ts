import { argumentError, requireList } from "../errors.ts";
import { noGrad, Tensor } from "../tensor/index.ts";

function gradientsOf(where: string, params: readonly Tensor[]): Tensor[] {
  requireList(where, "params", params, "an array of tensors");
  const list = Array.from(params);
  list.forEach((p, i) => {
    if (!(p instanceof Tensor)) throw argumentError(where, `params[${i}]`, p, "a tensor");
  });
  return list.filter((p) => p.grad !== null);
}

/**
 * Norm of all gradients as one vector: `p` 2, 1 or Infinity. A tensor of no axes, 0 where there is no
 * gradient.
 *
 * @example
 * const w = Tensor.from([0, 0], { requiresGrad: true });
 * w.mul(Tensor.from([3, -4])).sum().backward();
 * gradientNorm([w]).item(); // 5
 * gradientNorm([w], 1).item(); // 7
 */
export function gradientNorm(params: readonly Tensor[], p: number = 2): Tensor {
  const found = gradientsOf("gradientNorm", params);
  if (typeof p !== "number" || !(p > 0))
    throw argumentError("gradientNorm", "p", p, "a number > 0 or Infinity");
  return noGrad(() => {
    const dtype = found.some((t) => t.dtype === "f64") ? "f64" : "f32";
    const parts = found.map((t) => {
      const size = t.grad!.to(dtype).abs();
      if (p === Number.POSITIVE_INFINITY) return size.max();
      return (p === 2 ? size.square() : p === 1 ? size : size.pow(p)).sum();
    });
    const none = Tensor.zeros([], { dtype });
    if (p === Number.POSITIVE_INFINITY) return parts.reduce((a, b) => a.maximum(b), none);
    const total = parts.reduce((a, b) => a.add(b), none);
    return p === 2 ? total.sqrt() : p === 1 ? total : total.pow(1 / p);
  });
}

/**
 * Scales all gradients together so that their norm is at most `maxNorm`: the direction stays. Call it between
 * `backward` and `step`.
 *
 * @param p Which norm: 2 (default), another power, or Infinity.
 * @returns the norm before. It may be read after the step, too.
 *
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013), algorithm 1.
 * @example
 * const x = Tensor.from([3, 4], { requiresGrad: true });
 * x.mul(x).sum().backward(); // gradient [6, 8]
 * clipGradNorm([x], 5).item(); // 10
 * x.grad.data().map((v) => Number(v.toFixed(4))); // [3, 4]
 */
export function clipGradNorm(params: readonly Tensor[], maxNorm: number, p: number = 2): Tensor {
  if (typeof maxNorm !== "number" || !(maxNorm >= 0))
    throw argumentError("clipGradNorm", "maxNorm", maxNorm, "a number >= 0");
  const norm = gradientNorm(params, p).keep();
  noGrad(() => {
    // As PyTorch: the small number keeps 0 / 0 away.
    const factor = Tensor.from(maxNorm, { dtype: norm.dtype }).div(norm.add(1e-6)).minimum(1);
    for (const t of gradientsOf("clipGradNorm", params)) t.grad = t.grad!.mul(factor.to(t.dtype));
  });
  return norm;
}

/**
 * Holds every entry of the gradients to [-value, value]. Turns the direction; prefer {@link clipGradNorm}.
 *
 * @example
 * const x = Tensor.from([3, 0.1], { requiresGrad: true });
 * x.mul(x).sum().backward();
 * clipGradValue([x], 0.5);
 * x.grad.data().map((v) => Number(v.toFixed(4))); // [0.5, 0.2]
 */
export function clipGradValue(params: readonly Tensor[], value: number): void {
  if (typeof value !== "number" || !(value >= 0))
    throw argumentError("clipGradValue", "value", value, "a number >= 0");
  noGrad(() => {
    for (const t of gradientsOf("clipGradValue", params)) t.grad = t.grad!.clamp(-value, value);
  });
}
