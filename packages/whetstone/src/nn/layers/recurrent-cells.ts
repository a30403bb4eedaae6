import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { uniformInit } from "../init.ts";
import { Module, parameter } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireAxis, requireCount } from "./check.ts";
import { linear } from "./linear.ts";

/** Biases and seed of a recurrent cell. */
export interface CellOptions extends Seeded {
  /** Whether biases are added. Default true. */
  readonly bias?: boolean;
}

/** Parts of equal width of the last axis. */
const parts = (x: Tensor, count: number): Tensor[] => x.split(x.shape.at(-1)! / count, x.rank - 1);

/**
 * Weights of a recurrent cell: `weightIh` [gates H, in], `weightHh` [gates H, H] and two biases, uniform in
 * +-1 / sqrt(H) as in PyTorch. `S` is its state.
 */
abstract class Cell<S> extends Module<[x: Tensor, state?: S], S> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  weightIh: Tensor;
  weightHh: Tensor;
  biasIh: Tensor | null = null;
  biasHh: Tensor | null = null;
  readonly #name: string;

  constructor(name: string, gates: number, inputSize: number, hiddenSize: number, options: CellOptions) {
    super();
    this.#name = name;
    this.inputSize = requireCount(name, "inputSize", inputSize);
    this.hiddenSize = requireCount(name, "hiddenSize", hiddenSize);
    const stream = initStream(options.seed);
    const bound = 1 / Math.sqrt(hiddenSize);
    const draw = (shape: number[]) => parameter(uniformInit(shape, -bound, bound, stream));
    this.weightIh = draw([gates * hiddenSize, inputSize]);
    this.weightHh = draw([gates * hiddenSize, hiddenSize]);
    if (options.bias !== false) {
      this.biasIh = draw([gates * hiddenSize]);
      this.biasHh = draw([gates * hiddenSize]);
    }
  }

  /** The hidden state inside a state: what a layer gives out. */
  abstract hidden(state: S): Tensor;

  /** Another state of this kind, made from two by `blend` (a mask, for instance). */
  abstract combine(a: S, b: S, blend: (a: Tensor, b: Tensor) => Tensor): S;

  zeros(x: Tensor): Tensor {
    return Tensor.zeros([x.shape[0]!, this.hiddenSize], { dtype: x.dtype });
  }

  /** The input's part of the gates, for [..., in]; a layer computes it for all times at once. */
  project(x: Tensor): Tensor {
    requireAxis(`${this.#name}.forward`, x, -1, this.inputSize, "inputSize");
    return linear(x, this.weightIh, this.biasIh);
  }

  protected recur(h: Tensor): Tensor {
    return linear(h, this.weightHh, this.biasHh);
  }

  /** One step from a projected input [N, gates H]. */
  abstract step(projected: Tensor, state: S): S;
  abstract start(x: Tensor): S;

  override forward(x: Tensor, state?: S): S {
    return this.step(this.project(x), state ?? this.start(x));
  }
}

export type { Cell };

/** As {@link CellOptions}, with the cell's nonlinearity. */
export interface RNNCellOptions extends CellOptions {
  /** Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

/** h' = tanh(W x + b + U h + c): [N, in] -> [N, H] (Elman 1990). */
export class RNNCell extends Cell<Tensor> {
  static override readonly typeName: string = "RNNCell";
  readonly nonlinearity: "tanh" | "relu";
  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    super("RNNCell", 1, inputSize, hiddenSize, options);
    this.nonlinearity = options.nonlinearity ?? "tanh";
    if (this.nonlinearity !== "tanh" && this.nonlinearity !== "relu") {
      throw argumentError("RNNCell", "nonlinearity", this.nonlinearity, '"tanh" or "relu"');
    }
  }
  override hidden(h: Tensor): Tensor {
    return h;
  }
  override combine(a: Tensor, b: Tensor, blend: (a: Tensor, b: Tensor) => Tensor): Tensor {
    return blend(a, b);
  }
  override start(x: Tensor): Tensor {
    return this.zeros(x);
  }
  override step(projected: Tensor, h: Tensor): Tensor {
    const sum = projected.add(this.recur(h));
    return this.nonlinearity === "tanh" ? sum.tanh() : sum.relu();
  }
}

/** What an LSTM carries from step to step, each [N, H]. */
export interface LSTMState {
  /** What the cell gives out. */
  readonly h: Tensor;
  /** What it remembers. */
  readonly c: Tensor;
}

/**
 * Gates i, f, g, o: c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c') (Hochreiter and Schmidhuber 1997;
 * forget gate: Gers et al. 2000).
 */
export class LSTMCell extends Cell<LSTMState> {
  static override readonly typeName: string = "LSTMCell";
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super("LSTMCell", 4, inputSize, hiddenSize, options);
  }
  override hidden(state: LSTMState): Tensor {
    return state.h;
  }
  override combine(a: LSTMState, b: LSTMState, blend: (a: Tensor, b: Tensor) => Tensor): LSTMState {
    return { h: blend(a.h, b.h), c: blend(a.c, b.c) };
  }
  override start(x: Tensor): LSTMState {
    return { h: this.zeros(x), c: this.zeros(x) };
  }
  override step(projected: Tensor, state: LSTMState): LSTMState {
    const [i, f, g, o] = parts(projected.add(this.recur(state.h)), 4) as [Tensor, Tensor, Tensor, Tensor];
    const c = f.sigmoid().mul(state.c).add(i.sigmoid().mul(g.tanh()));
    return { h: o.sigmoid().mul(c.tanh()), c };
  }
}

/**
 * Gates r, z, n: n = tanh(W x + b + r (U h + c)), h' = (1 - z) n + z h (Cho et al. 2014; r applied as in PyTorch and
 * cuDNN, after the recurrent product).
 */
export class GRUCell extends Cell<Tensor> {
  static override readonly typeName: string = "GRUCell";
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super("GRUCell", 3, inputSize, hiddenSize, options);
  }
  override hidden(h: Tensor): Tensor {
    return h;
  }
  override combine(a: Tensor, b: Tensor, blend: (a: Tensor, b: Tensor) => Tensor): Tensor {
    return blend(a, b);
  }
  override start(x: Tensor): Tensor {
    return this.zeros(x);
  }
  override step(projected: Tensor, h: Tensor): Tensor {
    const [xr, xz, xn] = parts(projected, 3) as [Tensor, Tensor, Tensor];
    const [hr, hz, hn] = parts(this.recur(h), 3) as [Tensor, Tensor, Tensor];
    const r = xr.add(hr).sigmoid();
    const z = xz.add(hz).sigmoid();
    const n = xn.add(r.mul(hn)).tanh();
    return n.add(z.mul(h.sub(n)));
  }
}
