import { int, type ParamInput, real } from "../contract/params.ts";
import { requireFunction } from "../errors.ts";
import { type Matrix, symmetricFunction } from "../math/index.ts";
import { flush, noGrad, Tensor } from "../tensor/index.ts";
import { filled, makeGroups, Optimizer, workType } from "./optimizer.ts";
import { decay, type Parameters, rate, share } from "./parameters.ts";
import { withoutSubnormals } from "./rule.ts";

const table = {
  lr: rate(1e-1),
  momentum: share(0, "Share of the velocity that stays at each step"),
  weightDecay: decay(),
  eps: real({
    min: 0,
    exclusiveMin: true,
    default: 1e-4,
    doc: "Where the diagonals of the statistics start",
  }),
  updateEvery: int({ min: 1, default: 1, doc: "Steps between computations of the roots" }),
  maxSize: int({ min: 1, default: 1024, doc: "Axes longer than this get no preconditioner" }),
};

/**
 * Options of {@link Shampoo}: `lr` 0.1, `momentum` 0, `weightDecay` 0, `eps` 1e-4 > 0 (where the diagonals of
 * the statistics start), `updateEvery` 1 (steps between computations of the roots), `maxSize` 1024 (longer
 * axes get no preconditioner).
 */
export type ShampooOptions = ParamInput<typeof table>;

/** Axes of a parameter that are preconditioned. */
const axesOf = (p: Tensor, maxSize: number): number[] =>
  p.shape.flatMap((n, axis) => (n <= maxSize ? [axis] : []));

/** An axis in front, the others flattened: [n_axis, rest]. */
function unfolded(x: Tensor, axis: number): Tensor {
  const order = [axis, ...[...x.shape.keys()].filter((a) => a !== axis)];
  return x.permute(order).reshape([x.shape[axis]!, -1]);
}

/** M times x along one axis. */
function along(x: Tensor, axis: number, M: Tensor): Tensor {
  const rest = [...x.shape.keys()].filter((a) => a !== axis);
  const shape = [x.shape[axis]!, ...rest.map((a) => x.shape[a]!)];
  const back = x.shape.map((_, a) => (a === axis ? 0 : rest.indexOf(a) + 1));
  return M.matmul(unfolded(x, axis)).reshape(shape).permute(back);
}

/**
 * Shampoo: one preconditioner per axis of each tensor. A matrix gradient G is replaced by L^(-1/4) G R^(-1/4), with L
 * and R the sums of G G^T and G^T G so far: full-matrix Adagrad with a Kronecker product in place of the full matrix of
 * second moments (not of the Hessian). A vector gets the inverse square root of the sum of g g^T. Roots are computed in
 * float64 outside the graph, every `updateEvery` steps, in time cubic in the longest preconditioned axis.
 *
 * @param options `lr` 0.1, `momentum` 0, `weightDecay` 0 (in the gradient), `eps` 1e-4, `updateEvery` 1, `maxSize` 1024.
 *
 * Source: Gupta, Koren and Singer, "Shampoo: preconditioned stochastic tensor optimization" (2018), algorithm 2.
 * @example
 * const W = Tensor.zeros([2, 2], { requiresGrad: true });
 * const optimizer = new Shampoo([W], { lr: 1, eps: 1e-9 });
 * W.mul(Tensor.from([[3, 0], [0, 100]])).sum().backward();
 * optimizer.step();
 * // singular values 3 and 100 both became 1
 * W.data().map((v) => Number(v.toFixed(3)) + 0); // [-1, 0, 0, -1]
 */
export class Shampoo extends Optimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: ShampooOptions = {}) {
    super("Shampoo", makeGroups("Shampoo", table, params, options));
    for (const { params, options } of this.groups) {
      for (const p of params) {
        const type = workType(p);
        const state: Record<string, Tensor> = {};
        for (const axis of axesOf(p, options.maxSize)) {
          const n = p.shape[axis]!;
          state[`sum${axis}`] = Tensor.eye(n, { dtype: type }).mul(options.eps).clone();
          state[`root${axis}`] = filled([n, n], 0, type);
        }
        if (options.momentum > 0) state.velocity = filled(p.shape, 0, type);
        this.memory.set(p, { step: 0, state });
      }
    }
  }

  override step(closure?: () => Tensor): Tensor | undefined {
    if (closure !== undefined) requireFunction("Shampoo.step", "closure", closure);
    const loss = closure?.();
    const gradients = noGrad(() => this.#gatherStatistics());
    flush();
    this.#computeRoots(gradients);
    noGrad(() => this.#move(gradients));
    flush();
    return loss;
  }

  #gatherStatistics(): Map<Tensor, Tensor> {
    const found = new Map<Tensor, Tensor>();
    for (const { params, options } of this.groups) {
      for (const p of params) {
        if (!p.grad) continue;
        const type = workType(p);
        let g = p.grad.to(type);
        if (options.weightDecay > 0) {
          g = g.add(p.to(type).mul(Tensor.from(options.weightDecay, { dtype: type })));
        }
        found.set(p, g.keep());
        const { state } = this.memory.get(p)!;
        for (const axis of axesOf(p, options.maxSize)) {
          const flat = unfolded(g, axis);
          state[`sum${axis}`]!.assign(state[`sum${axis}`]!.add(flat.matmul(flat.transpose())));
        }
      }
    }
    return found;
  }

  #computeRoots(gradients: ReadonlyMap<Tensor, Tensor>): void {
    for (const { params, options } of this.groups) {
      for (const p of params) {
        if (!gradients.has(p)) continue;
        const memory = this.memory.get(p)!;
        if (memory.step++ % options.updateEvery !== 0) continue;
        const axes = axesOf(p, options.maxSize);
        // k axes share the inverse square root of the full matrix: 1 / (2 k) each.
        const power = -1 / (2 * axes.length);
        for (const axis of axes) {
          const root = inverseRoot(memory.state[`sum${axis}`]!.toMatrix(), power, options.eps);
          memory.state[`root${axis}`]!.assign(
            Tensor.from(root.data, { shape: [root.rows, root.cols], dtype: workType(p) }),
          );
        }
      }
    }
    flush();
  }

  #move(gradients: ReadonlyMap<Tensor, Tensor>): void {
    for (const { params, options } of this.groups) {
      for (const p of params) {
        const g = gradients.get(p);
        if (!g) continue;
        const type = workType(p);
        const { state } = this.memory.get(p)!;
        let direction = g;
        for (const axis of axesOf(p, options.maxSize)) {
          direction = along(direction, axis, state[`root${axis}`]!);
        }
        if (options.momentum > 0) {
          const momentum = Tensor.from(options.momentum, { dtype: type });
          direction = state.velocity!.assign(withoutSubnormals(state.velocity!.mul(momentum).add(direction)));
        }
        p.assign(
          p
            .to(type)
            .sub(direction.mul(Tensor.from(options.lr, { dtype: type })))
            .to(p.dtype),
        );
      }
    }
  }
}

/** A^power of a symmetric matrix whose eigenvalues are at least `floor` but for rounding. */
function inverseRoot(A: Matrix, power: number, floor: number): Matrix {
  const n = A.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      A.data[i * n + j] = A.data[j * n + i] = (A.data[i * n + j]! + A.data[j * n + i]!) / 2;
    }
  }
  return symmetricFunction(A, (v) => Math.max(v, floor) ** power);
}
