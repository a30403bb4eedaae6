import { argumentError, shapeError } from "../../errors.ts";
import { randomStream, type Seed } from "../../math/index.ts";
import { noGrad, Tensor, type TensorLike } from "../../tensor/index.ts";
import type { Module } from "../module.ts";
import { DataLoader } from "./data-loader.ts";
import { TensorDataset } from "./dataset.ts";
import type { EarlyStoppingOptions } from "./early-stopping.ts";
import { evaluate, inEvalMode } from "./evaluate.ts";
import type { EpochRecord, OptimizerLike, ScheduleLike } from "./history.ts";
import { Trainer } from "./trainer.ts";

type Measure = (prediction: Tensor, target: Tensor) => Tensor;

const metricsByName = {
  /** Share of rows whose greatest output is the target's class; one output: whether its sign is right. */
  accuracy: (y: Tensor, t: Tensor) => {
    const classes = y.rank > 1 && y.shape[1]! > 1;
    const guess = classes ? y.argmax(1) : y.gt(0).to("i32").reshape(t.shape);
    return guess.eq(t.to("i32")).to("f32").mean();
  },
  mse: (y: Tensor, t: Tensor) => y.sub(t).square().mean(),
  mae: (y: Tensor, t: Tensor) => y.sub(t).abs().mean(),
};

/** What a net is trained with. */
export interface CompileOptions {
  /** Makes the optimizer from the net's parameters: `(params) => new Adam(params, { lr: 1e-3 })`. */
  readonly optimizer: (parameters: Tensor[]) => OptimizerLike;
  /** Of a batch, a mean over its rows: `(output, target) => tensor`. */
  readonly loss: Measure;
  /** By name ("accuracy", "mse", "mae") or as functions. */
  readonly metrics?: readonly (keyof typeof metricsByName)[] | Readonly<Record<string, Measure>>;
  /** Makes a schedule of the optimizer's rate, which steps after each epoch. Default: none. */
  readonly schedule?: (optimizer: OptimizerLike) => ScheduleLike;
  /** Largest norm of all gradients together. Default: no clipping. */
  readonly clipNorm?: number;
}

/** How long a compiled model is trained, and on what it is validated. */
export interface CompiledFitOptions {
  /** Default 1. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether each epoch has an order of its own, from `seed`. Default true. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: Seed;
  /** Rows to validate on after each epoch. */
  readonly validationData?: readonly [X: TensorLike, y: TensorLike];
  /** Share of the rows, the last ones, to validate on; of no effect beside `validationData`. Default 0. */
  readonly validationSplit?: number;
  /**
   * Stops when `monitor` ("validationLoss" by default) no longer improves, and puts the best weights back.
   */
  readonly earlyStopping?: EarlyStoppingOptions & { readonly monitor?: string };
  readonly onEpoch?: (record: EpochRecord) => void;
  readonly onProgress?: (progress: { done: number; total: number; phase: string }) => void;
  readonly signal?: AbortSignal;
}

/** One list for each measured quantity, one entry for each epoch. */
export interface FitHistory {
  readonly epochs: readonly EpochRecord[];
  readonly history: Readonly<Record<string, readonly number[]>>;
}

const rowsOf = (where: string, X: Tensor, y: Tensor): number => {
  if (X.shape[0] !== y.shape[0]) {
    throw shapeError(where, "y", `has ${y.shape[0]} rows`, `${X.shape[0]} (rows of X)`);
  }
  return X.shape[0]!;
};

/** A net with its optimizer, loss and metrics; made by {@link compile}. */
export class CompiledModel {
  readonly net: Module;
  readonly optimizer: OptimizerLike;
  readonly #options: CompileOptions;
  readonly #metrics: Readonly<Record<string, Measure>>;
  readonly #schedule: ScheduleLike | undefined;

  constructor(net: Module, options: CompileOptions) {
    this.net = net;
    this.#options = options;
    this.optimizer = options.optimizer(net.parameters({ trainable: true }));
    this.#schedule = options.schedule?.(this.optimizer);
    const { metrics = [] } = options;
    const named = (name: string): [string, Measure] => {
      if (!Object.hasOwn(metricsByName, name)) {
        throw argumentError("compile", "metrics", name, `one of ${Object.keys(metricsByName).join(", ")}`);
      }
      return [name, metricsByName[name as keyof typeof metricsByName]];
    };
    this.#metrics = Array.isArray(metrics)
      ? Object.fromEntries(metrics.map(named))
      : ({ ...metrics } as Record<string, Measure>);
  }

  /** Trains; calling it again goes on from the weights as they are. */
  async fit(X: TensorLike, y: TensorLike, options: CompiledFitOptions = {}): Promise<FitHistory> {
    const where = "CompiledModel.fit";
    const { epochs = 1, batchSize = 32, shuffle = true, seed = 0, validationSplit = 0 } = options;
    if (!(validationSplit >= 0 && validationSplit < 1)) {
      throw argumentError(where, "validationSplit", validationSplit, "a number >= 0 and < 1");
    }
    let [inputs, targets] = [Tensor.from(X), Tensor.from(y)];
    const n = rowsOf(where, inputs, targets);
    let held = options.validationData?.map((part) => Tensor.from(part)) as [Tensor, Tensor] | undefined;
    if (held) rowsOf(where, ...held);
    else if (validationSplit > 0) {
      const cut = Math.floor(n * (1 - validationSplit));
      held = [inputs.slice(0, cut), targets.slice(0, cut)];
      [inputs, targets] = [inputs.slice(0, 0, cut), targets.slice(0, 0, cut)];
    }
    const { loss, clipNorm } = this.#options;
    const trainer = new Trainer<[Tensor, Tensor]>({
      net: this.net,
      optimizer: this.optimizer,
      loss: ([a, b]) => loss(this.net.forward(a), b),
      metrics: this.#measures(),
      ...(this.#schedule && { schedule: this.#schedule }),
      ...(clipNorm !== undefined && { clipNorm }),
    });
    const loader = (parts: [Tensor, Tensor], mixed: boolean) =>
      new DataLoader<[Tensor, Tensor]>(new TensorDataset(...parts), {
        batchSize,
        shuffle: mixed,
        seed: fitSeed(seed, mixed),
      });
    const { earlyStopping, onEpoch, onProgress, signal } = options;
    const records = await trainer.fit(loader([inputs, targets], shuffle), {
      epochs,
      ...(held && { validation: loader(held, false) }),
      ...(earlyStopping && { earlyStopping }),
      ...(onEpoch && { onEpoch }),
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    const series: Record<string, number[]> = { loss: records.map((r) => r.loss) };
    if (held) {
      series.validationLoss = records.map((r) => r.validationLoss!);
      for (const name of Object.keys(this.#metrics)) series[name] = records.map((r) => r.metrics[name]!);
    }
    return { epochs: records, history: series };
  }

  #measures(): Record<string, (batch: [Tensor, Tensor]) => Tensor> {
    return Object.fromEntries(
      Object.entries(this.#metrics).map(([name, f]) => [name, ([a, b]) => f(this.net.forward(a), b)]),
    );
  }

  /** Loss and metrics in eval mode. */
  async evaluate(X: TensorLike, y: TensorLike, batchSize = 256): Promise<Record<string, number>> {
    const [inputs, targets] = [Tensor.from(X), Tensor.from(y)];
    rowsOf("CompiledModel.evaluate", inputs, targets);
    const data = new DataLoader<[Tensor, Tensor]>(new TensorDataset(inputs, targets), { batchSize });
    return evaluate(this.net, data, {
      loss: ([a, b]) => this.#options.loss(this.net.forward(a), b),
      ...this.#measures(),
    });
  }

  /** Outputs in eval mode, batch by batch. */
  async predict(X: TensorLike, batchSize = 256): Promise<Tensor> {
    const inputs = Tensor.from(X);
    return inEvalMode(this.net, async () => {
      const parts = inputs.split(batchSize).map((part) => noGrad(() => this.net.forward(part)).realize());
      return Tensor.concat(parts);
    });
  }
}

/** A seed for the order of rows that is not that of other uses of `seed`. */
const fitSeed = (seed: Seed, mixed: boolean): Seed => (mixed ? randomStream(seed).split("order").bits() : 0);

/**
 * Puts a net, an optimizer, a loss and metrics together, for `fit`, `evaluate` and `predict` on whole arrays.
 *
 * @example
 * const model = compile(new Linear(1, 1, { seed: 0 }), {
 *   optimizer: (p) => new Adam(p, { lr: 0.1 }), loss: mse, metrics: ["mae"],
 * });
 * const X = [[0], [1], [2], [3]];
 * const { history } = await model.fit(X, X, { epochs: 100, validationData: [X, X] });
 * history.mae.at(-1) < 0.05; // true
 */
export function compile(net: Module, options: CompileOptions): CompiledModel {
  if (typeof options?.optimizer !== "function" || typeof options.loss !== "function") {
    throw argumentError("compile", "options", options, "an optimizer (a function of parameters) and a loss");
  }
  return new CompiledModel(net, options);
}
