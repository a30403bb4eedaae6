import { int, type ParamInput, real } from "../contract/params.ts";
import { argumentError, requireFunction, requireList, WhetstoneError } from "../errors.ts";
import { Matrix, solve } from "../math/index.ts";
import { flush, grad, noGrad, Tensor } from "../tensor/index.ts";
import { filled, makeGroups, Optimizer, workType } from "./optimizer.ts";
import { decay, rate, share } from "./parameters.ts";
import { withoutSubnormals } from "./rule.ts";

const table = {
  lr: rate(1e-2),
  momentum: share(0, "Share of the velocity that stays at each step"),
  weightDecay: decay(),
  damping: real({ min: 0, exclusiveMin: true, default: 1e-3, doc: "Added to the Fisher matrix's diagonal" }),
  statDecay: share(0.95, "Decay rate of the averages of both factors"),
  updateEvery: int({ min: 1, default: 1, doc: "Steps between inversions" }),
};

/**
 * Options of {@link KFAC}: `lr` 0.01, `momentum` 0, `weightDecay` 0, `damping` 1e-3 > 0 (added to the Fisher
 * matrix's diagonal), `statDecay` 0.95, `updateEvery` 1 (steps between inversions).
 */
export type KFACOptions = ParamInput<typeof table>;

/** A linear layer y = x W^T + b. */
export interface KFACLayer {
  /** [out, in] */
  readonly weight: Tensor;
  /** [out] */
  readonly bias?: Tensor | null;
}

interface Noted {
  readonly input: Tensor;
  readonly output: Tensor;
}

/**
 * K-FAC: the natural gradient of nets of linear layers, with the Fisher matrix of each layer's weights approximated by
 * the Kronecker product of two small ones: A = E[a a^T] of its inputs (a 1 appended for the bias) and G = E[g g^T] of
 * the gradients of its outputs. The step is G^-1 (dL/dW) A^-1.
 *
 * The layers' inputs and outputs are noted by {@link linear} (or {@link watch}) during the forward pass;
 * {@link observe} takes the gradients of the outputs from a loss that is the mean over rows of -log p of labels *drawn
 * from the model* (the Fisher matrix), or of the training labels (the empirical Fisher, cruder). Then
 * `loss.backward()` and `step()` as ever. Inverses are computed in float64 outside the graph.
 *
 * @param layers All layers to train.
 * @param options `lr` 0.01, `momentum` 0, `weightDecay` 0 (in the gradient), `damping` 0.001, `statDecay` 0.95 (less in
 * the first steps), `updateEvery` 1.
 *
 * Source: Martens and Grosse, "Optimizing neural networks with Kronecker-factored approximate curvature" (2015),
 * sections 3 and 6.3 (damping).
 * @example
 * const weight = Tensor.zeros([1, 2], { requiresGrad: true, dtype: "f64" });
 * const optimizer = new KFAC([{ weight }], { lr: 1, damping: 1e-9 });
 * const x = Tensor.from([[1, 0], [0, 10]], { dtype: "f64" });
 * const y = optimizer.linear(x, weight);
 * const loss = y.sub(Tensor.from([[1], [20]], { dtype: "f64" })).square().sum(1).mean().mul(0.5);
 * optimizer.observe(y.sub(y.detach().add(1)).square().sum(1).mean().mul(0.5)); // labels one standard deviation away
 * loss.backward();
 * optimizer.step();
 * // one step, though one input is ten times the other
 * weight.data().map((v) => Number(v.toFixed(3))); // [1, 2]
 */
export class KFAC extends Optimizer<typeof table> {
  readonly layers: readonly KFACLayer[];
  readonly #noted = new Map<Tensor, Noted>();

  constructor(layers: readonly KFACLayer[], options: KFACOptions = {}) {
    requireList("KFAC", "layers", layers, "an array of layers { weight, bias }");
    const params = layers.flatMap((l) => (l.bias ? [l.weight, l.bias] : [l.weight]));
    super("KFAC", makeGroups("KFAC", table, params, options));
    this.layers = layers;
    layers.forEach(({ weight, bias }, i) => {
      if (weight.rank !== 2 || (bias && (bias.rank !== 1 || bias.size !== weight.shape[0]))) {
        throw argumentError("KFAC", `layers[${i}]`, "other shapes", "weight [out, in] and bias [out]");
      }
      const type = workType(weight);
      const [out, width] = [weight.shape[0]!, weight.shape[1]! + (bias ? 1 : 0)];
      const state: Record<string, Tensor> = {
        A: filled([width, width], 0, type),
        G: filled([out, out], 0, type),
        inverseA: filled([width, width], 0, type),
        inverseG: filled([out, out], 0, type),
      };
      if (this.groups[0]!.options.momentum > 0) state.velocity = filled([out, width], 0, type);
      this.memory.set(weight, { step: 0, state });
    });
  }

  /** x W^T + b, with x and the result noted. */
  linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
    const y = x.matmul(weight.transpose());
    return this.watch(weight, x, bias ? y.add(bias) : y);
  }

  /** Notes what goes into and comes out of the layer with that weight: [rows, in] and [rows, out]. Returns the output. */
  watch(weight: Tensor, input: Tensor, output: Tensor): Tensor {
    if (!this.layers.some((l) => l.weight === weight)) {
      throw argumentError("KFAC.watch", "weight", weight.toString(), "the weight of one of the layers");
    }
    this.#noted.set(weight, { input, output });
    return output;
  }

  /** Takes the inputs and the gradients of the outputs into the averages. `loss` is a mean over rows. */
  observe(loss: Tensor): void {
    const layers = this.layers.map((layer) => {
      const noted = this.#noted.get(layer.weight);
      if (!noted) {
        throw new WhetstoneError(
          "value",
          { where: "KFAC.observe" },
          "a layer was not run through linear or watch since the last observe",
        );
      }
      return { ...layer, ...noted };
    });
    const outputs = grad(
      [loss],
      layers.map((l) => l.output),
      { createGraph: false },
    );
    const decay = this.groups[0]!.options.statDecay;
    noGrad(() => {
      layers.forEach(({ weight, bias, input }, i) => {
        const memory = this.memory.get(weight)!;
        const rows = input.shape[0]!;
        const type = workType(weight);
        const t = ++memory.step;
        const share = Tensor.from(1 - Math.min(decay, 1 - 1 / t), { dtype: type });
        const a = bias ? Tensor.concat([input, Tensor.ones([rows, 1], { dtype: input.dtype })], 1) : input;
        const update = (name: "A" | "G", x: Tensor, factor: number) => {
          const now = x.transpose().matmul(x).mul(factor).to(type);
          const before = memory.state[name]!;
          before.assign(before.add(now.sub(before).mul(share)));
        };
        update("A", a, 1 / rows);
        // The gradient of a mean over rows is 1 / rows of each row's own: rows g^T g = rows^2 g^T g / rows.
        update("G", outputs[i]!, rows);
      });
    });
    this.#noted.clear();
    flush();
    if ((this.memory.get(this.layers[0]!.weight)!.step - 1) % this.groups[0]!.options.updateEvery === 0) {
      this.#invert();
    }
  }

  /** The factors of a layer as they are: A [in (+ 1), in (+ 1)] and G [out, out]. */
  factors(layer: number): { A: Matrix; G: Matrix } {
    const { state } = this.memory.get(this.layers[layer]!.weight)!;
    return { A: state.A!.toMatrix(), G: state.G!.toMatrix() };
  }

  /** (A + pi sqrt(damping) I)^-1 and (G + sqrt(damping) / pi I)^-1, pi the ratio of the factors' mean eigenvalues. */
  #invert(): void {
    const root = Math.sqrt(this.groups[0]!.options.damping);
    for (const { weight } of this.layers) {
      const { state } = this.memory.get(weight)!;
      const [A, G] = [state.A!.toMatrix(), state.G!.toMatrix()];
      const [a, g] = [meanDiagonal(A), meanDiagonal(G)];
      const pi = a > 0 && g > 0 ? Math.sqrt(a / g) : 1;
      state.inverseA!.assign(tensorOf(dampedInverse(A, pi * root), weight));
      state.inverseG!.assign(tensorOf(dampedInverse(G, root / pi), weight));
    }
    flush();
  }

  override step(closure?: () => Tensor): Tensor | undefined {
    if (closure !== undefined) requireFunction("KFAC.step", "closure", closure);
    const loss = closure?.();
    const { lr, momentum, weightDecay } = this.groups[0]!.options;
    noGrad(() => {
      for (const { weight, bias } of this.layers) {
        if (!weight.grad) continue;
        const { state, step } = this.memory.get(weight)!;
        if (step === 0) {
          throw new WhetstoneError(
            "value",
            { where: "KFAC.step" },
            "call observe(loss) before the first step",
          );
        }
        const type = workType(weight);
        const scalar = (x: number) => Tensor.from(x, { dtype: type });
        const decayed = (p: Tensor) =>
          weightDecay > 0 ? p.grad!.to(type).add(p.to(type).mul(scalar(weightDecay))) : p.grad!.to(type);
        const g = bias?.grad
          ? Tensor.concat([decayed(weight), decayed(bias).unsqueeze(1)], 1)
          : bias
            ? decayed(weight).pad([[0, 1]])
            : decayed(weight);
        let direction = state.inverseG!.matmul(g).matmul(state.inverseA!);
        if (momentum > 0) {
          direction = state.velocity!.assign(
            withoutSubnormals(state.velocity!.mul(scalar(momentum)).add(direction)),
          );
        }
        const move = direction.mul(scalar(lr));
        const width = weight.shape[1]!;
        weight.assign(
          weight
            .to(type)
            .sub(move.slice(1, 0, width))
            .to(weight.dtype),
        );
        bias?.assign(bias.to(type).sub(move.at(null, width)).to(bias.dtype));
      }
    });
    flush();
    return loss;
  }
}

function meanDiagonal(M: Matrix): number {
  let total = 0;
  for (let i = 0; i < M.rows; i++) total += M.data[i * M.rows + i]!;
  return total / M.rows;
}

function dampedInverse(M: Matrix, damping: number): Matrix {
  const n = M.rows;
  const damped = new Matrix(M.data.slice(), n, n);
  for (let i = 0; i < n; i++) damped.data[i * n + i]! += damping;
  return solve(damped, Matrix.identity(n));
}

const tensorOf = (M: Matrix, like: Tensor): Tensor =>
  Tensor.from(M.data, { shape: [M.rows, M.cols], dtype: workType(like) });
