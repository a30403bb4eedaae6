import { int, oneOf, type ParamInput, real } from "../contract/params.ts";
import { argumentError, requireFunction } from "../errors.ts";
import { conjugateGradient } from "../math/index.ts";
import { flush, grad, noGrad, Tensor } from "../tensor/index.ts";
import { makeGroups, Optimizer } from "./optimizer.ts";
import { type Parameters, rate } from "./parameters.ts";

const table = {
  lr: rate(1),
  likelihood: oneOf(["categorical", "bernoulli", "gaussian"], {
    default: "categorical",
    doc: "What the outputs are: logits of classes [rows, classes], logits of yes [rows, ...], or means",
  }),
  damping: real({ min: 0, default: 1e-4, doc: "Added to the Fisher matrix's diagonal" }),
  maxIter: int({ min: 1, default: 50, doc: "Conjugate-gradient iterations per step" }),
  tolerance: real({ min: 0, default: 1e-10, doc: "Relative residual at which these end" }),
};

/**
 * Options of {@link NaturalGradient}: `lr` 1, `likelihood` "categorical" (or "bernoulli", "gaussian": what
 * the outputs are), `damping` 1e-4, and of the conjugate gradients `maxIter` 50 and `tolerance` 1e-10.
 */
export type NaturalGradientOptions = ParamInput<typeof table>;

/** The Fisher matrix of the distribution that outputs stand for, times v. Rows are independent. */
function outputFisher(likelihood: "categorical" | "bernoulli" | "gaussian", y: Tensor, v: Tensor): Tensor {
  if (likelihood === "gaussian") return v; // unit variance
  if (likelihood === "bernoulli") {
    const p = y.sigmoid();
    return v.mul(p.mul(p.neg().add(1)));
  }
  const p = y.softmax(-1);
  const pv = p.mul(v);
  return pv.sub(p.mul(pv.sum(-1, true)));
}

/**
 * Natural gradient: steps along (F + damping I)^-1 times the gradient, F the exact Fisher matrix of the model's
 * predictive distribution, averaged over rows. F is never formed: conjugate gradients ask for products F v = J^T H J v,
 * J the Jacobian of the outputs, each a double pass through the net.
 *
 * `step(closure)`: the closure computes the loss (a mean over rows) and its gradients, as for L-BFGS. `outputs` gives the
 * model's outputs on the same rows. One group of options.
 *
 * @param outputs The outputs [rows, ...] from the parameters as they are.
 * @param options `lr` 1, `likelihood` "categorical", `damping` 1e-4, `maxIter` 50, `tolerance` 1e-10.
 *
 * Source: Amari (1998); Martens, "New insights and perspectives on the natural gradient method" (2020), section 8.
 * @example
 * const w = Tensor.from([0], { requiresGrad: true, dtype: "f64" });
 * const x = Tensor.from([[1], [10]], { dtype: "f64" });
 * const outputs = () => x.matmul(w.unsqueeze(1));
 * const optimizer = new NaturalGradient([w], outputs, { likelihood: "gaussian", damping: 0 });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = outputs().sub(Tensor.from([[3], [30]], { dtype: "f64" })).square().sum(1).mean().mul(0.5);
 *   loss.backward();
 *   return loss;
 * });
 * // least squares in one step
 * w.data()[0].toFixed(6); // "3.000000"
 */
export class NaturalGradient extends Optimizer<typeof table> {
  readonly #outputs: () => Tensor;

  constructor(params: Parameters<typeof table>, outputs: () => Tensor, options: NaturalGradientOptions = {}) {
    super("NaturalGradient", makeGroups("NaturalGradient", table, params, options));
    requireFunction("NaturalGradient", "outputs", outputs);
    if (this.groups.length > 1) {
      throw argumentError("NaturalGradient", "params", `${this.groups.length} groups`, "one group");
    }
    this.#outputs = outputs;
  }

  override get needsClosure(): boolean {
    return true;
  }

  override step(closure?: () => Tensor): Tensor {
    requireFunction("NaturalGradient.step", "closure", closure);
    const loss = closure!().keep();
    const { options } = this.groups[0]!;
    const params = this.params;
    for (const p of params) p.grad?.keep();
    flush();
    const gradient = join(params.map((p) => p.grad ?? Tensor.zeros(p.shape)));
    const product = this.fisherProduct();
    const { x } = conjugateGradient(
      (v, out) => {
        const Fv = product(v);
        for (let i = 0; i < v.length; i++) out[i] = Fv[i]! + options.damping * v[i]!;
      },
      gradient,
      { maxIterations: options.maxIter, tolerance: options.tolerance },
    );
    noGrad(() => {
      split(x, params).forEach((d, i) => {
        const p = params[i]!;
        p.assign(p.sub(d.mul(Tensor.from(options.lr, { dtype: p.dtype }))));
      });
    });
    flush();
    return loss;
  }

  /** v -> F v at the parameters as they are, both as vectors of all parameters. Without damping. */
  fisherProduct(): (v: Float64Array) => Float64Array {
    const params = this.params;
    const y = this.#outputs();
    const rows = y.shape[0] ?? 1;
    const { likelihood } = this.groups[0]!.options;
    const cotangent = Tensor.zeros(y.shape, { dtype: y.dtype, requiresGrad: true });
    const pulled = grad([y], params, { seeds: [cotangent] }); // J^T u, linear in u
    const along = pulled.map((t, i) => (t.requiresGrad ? i : -1)).filter((i) => i >= 0);
    return (v) => {
      const parts = split(v, params);
      // d/du <J^T u, v> = J v
      const [Jv] = grad(
        [along.map((i) => pulled[i]!.mul(parts[i]!).sum()).reduce((a, b) => a.add(b))],
        [cotangent],
        { createGraph: false },
      );
      const pushed = outputFisher(likelihood, y.detach(), Jv!).mul(1 / rows);
      return join(grad([y], params, { seeds: [pushed], createGraph: false }));
    };
  }
}

/** All elements in one vector. */
function join(parts: readonly Tensor[]): Float64Array {
  return Tensor.concat(parts.map((t) => t.detach().to("f64").reshape([-1]))).data() as Float64Array;
}

/** A vector cut into tensors like the given ones. */
function split(v: Float64Array, like: readonly Tensor[]): Tensor[] {
  let at = 0;
  return like.map((p) => Tensor.from(v.slice(at, (at += p.size)), { shape: p.shape, dtype: p.dtype }));
}
