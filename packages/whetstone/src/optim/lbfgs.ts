import { int, oneOf, type ParamInput, real } from "../contract/params.ts";
import { argumentError, requireFunction } from "../errors.ts";
import { lbfgs as minimizeByLbfgs } from "../math/index.ts";
import { flush, noGrad, Tensor } from "../tensor/index.ts";
import { makeGroups, Optimizer } from "./optimizer.ts";
import { type Parameters, rate } from "./parameters.ts";

const table = {
  lr: rate(1),
  maxIter: int({ min: 1, default: 20, doc: "Iterations in one step" }),
  toleranceGrad: real({ min: 0, default: 1e-7, doc: "Stops below this greatest gradient" }),
  toleranceChange: real({ min: 0, default: 1e-9, doc: "Stops below this move or change of the loss" }),
  historySize: int({ min: 1, default: 100, doc: "Pairs that are kept" }),
  lineSearch: oneOf(["none", "strongWolfe"], { default: "none", doc: "How the length of a step is found" }),
};

/**
 * Options of {@link LBFGS}: `lr` 1, `maxIter` 20 per step, `toleranceGrad` 1e-7, `toleranceChange` 1e-9,
 * `historySize` 100 pairs, `lineSearch` "none" or "strongWolfe".
 */
export type LBFGSOptions = ParamInput<typeof table>;

const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
};

const greatest = (a: Float64Array): number => a.reduce((m, v) => Math.max(m, Math.abs(v)), 0);

/** What is known of the curvature, and the last step. */
interface Curvature {
  pairs: { s: Float64Array; y: Float64Array }[];
  scale: number;
  direction: Float64Array | null;
  gradient: Float64Array | null;
  length: number;
}

/**
 * L-BFGS: quasi-Newton steps from the last pairs of moves and gradient changes, for losses without noise. Each
 * `step(closure)` makes up to `maxIter` iterations. Without a line search the curvature is kept from step to step and
 * steps have length lr (the first, lr / |g|_1 if that is less); `strongWolfe` minimises by {@link minimizeByLbfgs},
 * afresh in each step. The vectors are in float64 outside the graph. One group of options; their `lr` is that of the
 * first.
 *
 * @param options `lr` 1, `maxIter` 20, `toleranceGrad` 1e-7, `toleranceChange` 1e-9, `historySize` 100, `lineSearch`
 * "none".
 *
 * Source: Nocedal and Wright, "Numerical optimization" (2006), algorithm 7.4.
 * @example
 * const x = Tensor.from([3, -1], { requiresGrad: true, dtype: "f64" });
 * const optimizer = new LBFGS([x], { lineSearch: "strongWolfe" });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = x.mul(Tensor.from([1, 10], { dtype: "f64" })).square().sum();
 *   loss.backward();
 *   return loss;
 * });
 * x.data().every((v) => Math.abs(v) < 1e-6); // true
 */
export class LBFGS extends Optimizer<typeof table> {
  #curvature: Curvature = { pairs: [], scale: 1, direction: null, gradient: null, length: 0 };

  constructor(params: Parameters<typeof table>, options: LBFGSOptions = {}) {
    super("LBFGS", makeGroups("LBFGS", table, params, options));
    const { lr, lineSearch } = this.groups[0]!.options;
    if (lineSearch === "strongWolfe" && lr !== 1) {
      throw argumentError("LBFGS", "lr", lr, "1: the line search finds the length of each step");
    }
  }

  override get needsClosure(): boolean {
    return true;
  }

  protected override saveExtra(): Curvature {
    return structuredClone(this.#curvature);
  }

  protected override loadExtra(extra: unknown): void {
    this.#curvature = structuredClone(extra as Curvature);
  }

  override step(closure?: () => Tensor): Tensor {
    requireFunction("LBFGS.step", "closure", closure);
    const evaluate = () => {
      const loss = closure!();
      for (const p of this.params) p.grad?.keep();
      const value = loss.keep().item();
      return { loss, value, gradient: this.#gather((p) => p.grad) };
    };
    const first = evaluate();
    const { options } = this.groups[0]!;
    if (greatest(first.gradient) <= options.toleranceGrad) return first.loss;
    if (options.lineSearch === "strongWolfe") this.#minimize(evaluate, options);
    else this.#iterate(first, evaluate, options);
    return first.loss;
  }

  /** Fixed steps along the two-loop direction, as torch.optim takes them. */
  #iterate(
    first: { value: number; gradient: Float64Array },
    evaluate: () => { value: number; gradient: Float64Array },
    o: { lr: number; maxIter: number; toleranceGrad: number; toleranceChange: number; historySize: number },
  ): void {
    let { value, gradient } = first;
    for (let n = 1; n <= o.maxIter; n++) {
      const t = this.#curvature.gradient
        ? o.lr
        : Math.min(1, 1 / gradient.reduce((a, v) => a + Math.abs(v), 0)) * o.lr;
      const d = this.#nextDirection(gradient, o.historySize);
      this.#curvature.gradient = gradient;
      this.#curvature.length = t;
      const slope = dot(gradient, d);
      if (slope > -o.toleranceChange) return;
      const x = this.#gather((p) => p);
      for (let i = 0; i < x.length; i++) x[i]! += t * d[i]!;
      this.#scatter(x);
      if (n === o.maxIter) return;
      const before = value;
      ({ value, gradient } = evaluate());
      if (greatest(gradient) <= o.toleranceGrad) return;
      if (t * greatest(d) <= o.toleranceChange || Math.abs(value - before) < o.toleranceChange) return;
    }
  }

  #nextDirection(g: Float64Array, historySize: number): Float64Array {
    const before = this.#curvature.gradient;
    if (before) {
      const y = g.map((v, i) => v - before[i]!);
      const s = this.#curvature.direction!.map((v) => v * this.#curvature.length);
      const sy = dot(s, y);
      if (sy > 1e-10) {
        if (this.#curvature.pairs.length === historySize) this.#curvature.pairs.shift();
        this.#curvature.pairs.push({ s, y });
        this.#curvature.scale = sy / dot(y, y);
      }
    }
    const d = g.map((v) => -v);
    const shares: number[] = [];
    for (let i = this.#curvature.pairs.length - 1; i >= 0; i--) {
      const { s, y } = this.#curvature.pairs[i]!;
      shares[i] = dot(s, d) / dot(y, s);
      for (let j = 0; j < d.length; j++) d[j]! -= shares[i]! * y[j]!;
    }
    for (let j = 0; j < d.length; j++) d[j]! *= this.#curvature.scale;
    this.#curvature.pairs.forEach(({ s, y }, i) => {
      const share = shares[i]! - dot(y, d) / dot(y, s);
      for (let j = 0; j < d.length; j++) d[j]! += share * s[j]!;
    });
    this.#curvature.direction = d;
    return d;
  }

  #minimize(
    evaluate: () => { value: number; gradient: Float64Array },
    o: { maxIter: number; toleranceGrad: number; toleranceChange: number; historySize: number },
  ): void {
    const at = (x: Float64Array, g: Float64Array) => {
      this.#scatter(x);
      const { value, gradient } = evaluate();
      g.set(gradient);
      return value;
    };
    const { x } = minimizeByLbfgs(
      { value: (x) => at(x, new Float64Array(x.length)), valueAndGradient: at },
      this.#gather((p) => p),
      {
        maxIterations: o.maxIter,
        memory: o.historySize,
        tolerance: { gradient: o.toleranceGrad, step: o.toleranceChange, value: 0 },
      },
    );
    this.#scatter(x);
  }

  /** All parameters (or gradients: zeros where there is none) in one vector. */
  #gather(of: (p: Tensor) => Tensor | null): Float64Array {
    const out = new Float64Array(this.params.reduce((n, p) => n + p.size, 0));
    let at = 0;
    for (const p of this.params) {
      const part = of(p);
      if (part) out.set(part.to("f64").data(), at);
      at += p.size;
    }
    return out;
  }

  #scatter(x: Float64Array): void {
    let at = 0;
    noGrad(() => {
      for (const p of this.params) {
        p.assign(Tensor.from(x.slice(at, (at += p.size)), { shape: p.shape, dtype: p.dtype }));
      }
    });
    flush();
  }
}
