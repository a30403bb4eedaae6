import { argumentError, shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireCount, requireShare } from "./check.ts";
import { Dropout } from "./dropout.ts";
import {
  type Cell,
  GRUCell,
  LSTMCell,
  type LSTMState,
  RNNCell,
  type RNNCellOptions,
} from "./recurrent-cells.ts";

/** How many recurrent cells there are, and in which directions they read. */
export interface RecurrentOptions extends Seeded {
  /** Cells one above the other. Default 1. */
  readonly layers?: number;
  /** Whether a second cell reads each layer's input from its end. Default false. */
  readonly bidirectional?: boolean;
  /** Dropout between layers while training. Default 0. */
  readonly dropout?: number;
  /** Whether biases are added. Default true. */
  readonly bias?: boolean;
}

/** What a recurrent layer gives for N sequences of T steps, with H units. */
export interface RecurrentOutput<S> {
  /** Hidden states of the top layer: [N, T, H], or [N, T, 2 H] with both directions side by side. */
  readonly output: Tensor;
  /** State after the last step for each layer (forward, then backward where there are two). */
  readonly states: readonly S[];
}

/** Where a recurrent layer starts, and where its sequences end. */
export interface RecurrentInput<S> {
  /** States to start from, as `states` of an output. Default: zeros. */
  readonly states?: readonly S[];
  /** i32 [N]: steps of each sequence; later ones change no state and give zeros. Default: all T. */
  readonly lengths?: Tensor;
}

/** Cells over the times of x [N, T, in], unrolled. */
abstract class Recurrent<S> extends Module<[x: Tensor, input?: RecurrentInput<S>], RecurrentOutput<S>> {
  readonly cells: readonly Cell<S>[];
  readonly directions: 1 | 2;
  readonly between: Dropout;
  readonly #name: string;

  constructor(
    name: string,
    make: (inputSize: number, seed: Seeded) => Cell<S>,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions,
  ) {
    super();
    this.#name = name;
    const layers = requireCount(name, "layers", options.layers ?? 1);
    const stream = initStream(options.seed);
    this.directions = options.bidirectional ? 2 : 1;
    this.cells = Array.from({ length: layers * this.directions }, (_, i) =>
      make(i < this.directions ? inputSize : hiddenSize * this.directions, { seed: stream.split(i) }),
    );
    const p = requireShare(name, "dropout", options.dropout ?? 0);
    this.between = new Dropout(p, { seed: stream.split("dropout") });
  }

  override forward(x: Tensor, input: RecurrentInput<S> = {}): RecurrentOutput<S> {
    const where = `${this.#name}.forward`;
    if (x.rank !== 3) throw shapeError(where, "x", `has shape [${x.shape.join(", ")}]`, "[N, T, in]");
    if (input.states && input.states.length !== this.cells.length) {
      throw argumentError(where, "states", `${input.states.length} of them`, `${this.cells.length}`);
    }
    const states: S[] = [];
    let y = x;
    for (let at = 0; at < this.cells.length; at += this.directions) {
      if (at > 0) y = this.between.forward(y);
      const sides = Array.from({ length: this.directions }, (_, d) => {
        const [out, state] = run(this.cells[at + d]!, y, d === 1, input.states?.[at + d], input.lengths);
        states.push(state);
        return out;
      });
      y = sides.length === 1 ? sides[0]! : Tensor.concat(sides, 2);
    }
    return { output: y, states };
  }
}

/** One cell over all times. */
function run<S>(
  cell: Cell<S>,
  x: Tensor,
  reverse: boolean,
  start: S | undefined,
  lengths: Tensor | undefined,
): [output: Tensor, state: S] {
  const T = x.shape[1]!;
  const projected = cell.project(x); // [N, T, gates H]
  let state = start ?? cell.start(x);
  const outputs: Tensor[] = [];
  for (let i = 0; i < T; i++) {
    const t = reverse ? T - 1 - i : i;
    const next = cell.step(projected.at(null, t), state);
    let out = cell.hidden(next);
    if (lengths) {
      const live = lengths.gt(t).unsqueeze(1);
      state = cell.combine(next, state, (a, b) => Tensor.where(live, a, b));
      out = Tensor.where(live, out, 0);
    } else state = next;
    outputs[t] = out;
  }
  return [Tensor.stack(outputs, 1), state];
}

/** Elman network over sequences; see {@link RNNCell}. */
export class RNN extends Recurrent<Tensor> {
  static override readonly typeName: string = "RNN";
  constructor(
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions & Pick<RNNCellOptions, "nonlinearity"> = {},
  ) {
    const { bias = true, nonlinearity = "tanh" } = options;
    super(
      "RNN",
      (n, s) => new RNNCell(n, hiddenSize, { bias, nonlinearity, ...s }),
      inputSize,
      hiddenSize,
      options,
    );
  }
}

/** Long short-term memory over sequences; see {@link LSTMCell}. */
export class LSTM extends Recurrent<LSTMState> {
  static override readonly typeName: string = "LSTM";
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    const { bias = true } = options;
    super("LSTM", (n, s) => new LSTMCell(n, hiddenSize, { bias, ...s }), inputSize, hiddenSize, options);
  }
}

/** Gated recurrent units over sequences; see {@link GRUCell}. */
export class GRU extends Recurrent<Tensor> {
  static override readonly typeName: string = "GRU";
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    const { bias = true } = options;
    super("GRU", (n, s) => new GRUCell(n, hiddenSize, { bias, ...s }), inputSize, hiddenSize, options);
  }
}
