import { decode, encode, step as reportStep, throwIfAborted } from "../../contract/index.ts";
import { argumentError, formatError, numericalError, requireFunction } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type AnyModule, Module } from "../module.ts";
import type { WeightAverage } from "../tools/ema.ts";
import type { GradScaler } from "../tools/grad-scaler.ts";
import { batchSize } from "./batch.ts";
import { DataLoader } from "./data-loader.ts";
import { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.ts";
import { type Batches, evaluate } from "./evaluate.ts";
import { stepByClosure, stepOnce } from "./gradient-step.ts";
import type { EpochRecord, OptimizerLike, ScheduleLike } from "./history.ts";
import { fromPlain, toPlain } from "./plain-state.ts";

/** What is trained, by what, towards what. */
export interface TrainerOptions<B> {
  readonly net: AnyModule;
  readonly optimizer: OptimizerLike;
  /** The loss of a batch, a mean over its rows: `([x, y]) => crossEntropy(net.forward(x), y)`. */
  readonly loss: (batch: B) => Tensor;
  /** Measures of a validation batch, means over its rows. */
  readonly metrics?: Readonly<Record<string, (batch: B) => Tensor>>;
  /** Changes the rate as training goes on. Default: none. */
  readonly schedule?: ScheduleLike;
  /** When the schedule steps. Default "epoch"; then it is given the validation loss, or else the training loss. */
  readonly scheduleEach?: "epoch" | "step";
  /** Batches whose gradients are averaged for one step. Default 1. */
  readonly accumulate?: number;
  /**
   * Largest norm of all gradients together. Default: no clipping. Refused where the optimizer needs a closure, as
   * `scaler` is: it compares losses and gradients, which have to belong together.
   */
  readonly clipNorm?: number;
  /** Whether gradient norms go into the history; always with `clipNorm`. Default false. */
  readonly watchGradients?: boolean;
  /** Scales the loss so that float16 gradients do not vanish. Default: none. */
  readonly scaler?: GradScaler;
  /** An average of the weights, updated at every step. Default: none. */
  readonly average?: WeightAverage;
}

/** How long training goes on, and what is told of it. */
export interface FitLoopOptions<B> {
  /** Epochs in all, those before a resumption included. */
  readonly epochs: number;
  /** Batches that are judged after every epoch. */
  readonly validation?: Batches<B>;
  /** Stops when `monitor` no longer improves, and puts the best weights back. Needs `validation`. */
  readonly earlyStopping?: EarlyStoppingOptions & {
    /** "validationLoss" (the default) or the name of a metric. */
    readonly monitor?: string;
  };
  readonly onStep?: (state: { readonly step: number; readonly epoch: number; readonly loss: number }) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
  readonly onProgress?: (progress: { done: number; total: number; phase: string }) => void;
  /** Stops between batches with an AbortError. */
  readonly signal?: AbortSignal;
}

/** Where a run is, besides weights and optimizer. */
interface Position {
  epoch: number;
  /** Batches of this epoch that are done. */
  batch: number;
  step: number;
  /** Sums over this epoch. */
  loss: number;
  rows: number;
  norm: number;
  normMax: number;
  steps: number;
}

/**
 * Trains a net: for each batch zeroGrad, forward, backward, clip, step, then the schedule; for each epoch a validation
 * pass in eval mode without gradients. A run goes on exactly where a {@link Trainer.checkpoint} was taken.
 *
 * Optimizers that need a closure (LBFGS, SAM, NaturalGradient) evaluate the loss of the same batches several times in a
 * step, each time with the same random numbers (dropout); the loss reported and the running statistics (batch norm) are
 * those of the first evaluation.
 *
 * @example
 * const net = new Linear(1, 1, { seed: 0 });
 * const optimizer = new SGD(net.parameters(), { lr: 0.1 });
 * const trainer = new Trainer({ net, optimizer, loss: ([x, y]) => mse(net.forward(x), y) });
 * const x = Tensor.from([[0], [1], [2]]);
 * const data = new TensorDataset(x, x.mul(2).add(1));
 * const history = await trainer.fit(new DataLoader(data), { epochs: 200 });
 * history.at(-1).loss < 1e-3; // true
 */
export class Trainer<B> {
  readonly options: TrainerOptions<B>;
  readonly history: EpochRecord[] = [];
  #at: Position = start(0);
  #stopping: EarlyStopping | null = null;
  #restored: unknown = null;

  constructor(options: TrainerOptions<B>) {
    const where = "Trainer";
    if (!(options.net instanceof Module)) throw argumentError(where, "net", options.net, "a module");
    requireFunction(where, "loss", options.loss);
    const { accumulate = 1, clipNorm, scheduleEach = "epoch" } = options;
    if (!Number.isSafeInteger(accumulate) || accumulate < 1) {
      throw argumentError(where, "accumulate", accumulate, "a whole number >= 1");
    }
    if (clipNorm !== undefined && !(clipNorm > 0))
      throw argumentError(where, "clipNorm", clipNorm, "a number > 0");
    if (scheduleEach !== "epoch" && scheduleEach !== "step") {
      throw argumentError(where, "scheduleEach", scheduleEach, '"epoch" or "step"');
    }
    if (options.optimizer.needsClosure) {
      for (const name of ["clipNorm", "scaler"] as const) {
        if (options[name] === undefined) continue;
        const why = "none with an optimizer that needs a closure: it would not step by the loss's gradients";
        throw argumentError(where, name, options[name], why);
      }
    }
    this.options = options;
  }

  /** Optimizer steps taken. */
  get step(): number {
    return this.#at.step;
  }

  get epoch(): number {
    return this.#at.epoch;
  }

  /**
   * Trains up to `epochs` epochs and returns the history. A loss that is not finite is an error that names the step. A
   * `DataLoader` is asked for each epoch by its number; anything else iterable is gone through once for each epoch.
   */
  async fit(data: DataLoader<never, B> | Batches<B>, options: FitLoopOptions<B>): Promise<EpochRecord[]> {
    const where = "Trainer.fit";
    if (!Number.isSafeInteger(options.epochs) || options.epochs < 0) {
      throw argumentError(where, "epochs", options.epochs, "a whole number >= 0");
    }
    if (options.earlyStopping && !options.validation) {
      throw argumentError(where, "validation", undefined, "batches to watch, for earlyStopping");
    }
    const { earlyStopping } = options;
    if (earlyStopping) {
      this.#stopping = new EarlyStopping(earlyStopping);
      if (this.#restored) this.#stopping.state = this.#restored as EarlyStopping["state"];
    }
    const { net } = this.options;
    net.train();
    let last = performance.now();
    while (this.#at.epoch < options.epochs) {
      for await (const group of groups(
        batchesOf(data, this.#at, options.signal),
        this.options.accumulate ?? 1,
      )) {
        throwIfAborted(options.signal, where);
        const loss = this.#step(group);
        options.onStep?.({ step: this.#at.step, epoch: this.#at.epoch, loss });
        throwIfAborted(options.signal, where);
        if (performance.now() - last > 50) {
          await new Promise((resume) => setTimeout(resume)); // lets an abort or a page's events through
          last = performance.now();
        }
      }
      const record = await this.#endEpoch(options);
      options.onEpoch?.(record);
      reportStep(where, options, this.#at.epoch, options.epochs, "epochs");
      if (this.#stopping && this.#stop(record, options)) break;
    }
    if (this.#stopping) this.#stopping.restore(net);
    return this.history;
  }

  #step(batches: readonly B[]): number {
    const { net, optimizer, schedule, average } = this.options;
    const at = this.#at;
    const check = (loss: Tensor) => {
      const value = loss.item();
      if (Number.isFinite(value)) return value;
      const where = `step ${this.#at.step + 1} (epoch ${this.#at.epoch}, learning rate ${optimizer.lr})`;
      throw numericalError("Trainer.fit", `the loss is ${value} at ${where}`);
    };
    const { losses, norm } = (optimizer.needsClosure ? stepByClosure : stepOnce)(
      this.options,
      batches,
      check,
    );
    average?.update();
    let mean = 0;
    losses.forEach((loss, i) => {
      const value = check(loss);
      const rows = batchSize(batches[i]);
      at.loss += rows * value;
      at.rows += rows;
      mean += value / losses.length;
    });
    at.step++;
    at.steps++;
    at.batch += batches.length;
    if (norm) {
      const size = norm.item();
      at.norm += size;
      at.normMax = Math.max(at.normMax, size);
    }
    if (schedule && this.options.scheduleEach === "step") schedule.step();
    if (!net.training) net.train();
    return mean;
  }

  async #endEpoch(options: FitLoopOptions<B>): Promise<EpochRecord> {
    const { net, optimizer, loss, metrics = {}, schedule, clipNorm, watchGradients } = this.options;
    const at = this.#at;
    const lr = optimizer.lr;
    const seen = options.validation
      ? await evaluate(net, options.validation, { ...metrics, $loss: loss })
      : null;
    const { $loss: validationLoss, ...measured } = seen ?? {};
    const record: EpochRecord = {
      epoch: at.epoch,
      steps: at.step,
      loss: at.loss / at.rows,
      ...((clipNorm !== undefined || watchGradients) && {
        gradientNorm: at.norm / at.steps,
        gradientNormMax: at.normMax,
      }),
      ...(validationLoss !== undefined && { validationLoss }),
      metrics: measured,
      lr,
    };
    if (schedule && this.options.scheduleEach !== "step") schedule.step(validationLoss ?? record.loss);
    this.history.push(record);
    this.#at = { ...start(at.epoch + 1), step: at.step };
    return record;
  }

  #stop(record: EpochRecord, options: FitLoopOptions<B>): boolean {
    const monitor = options.earlyStopping?.monitor ?? "validationLoss";
    const value = monitor === "validationLoss" ? record.validationLoss : record.metrics[monitor];
    if (value === undefined) {
      throw argumentError(
        "Trainer.fit",
        "monitor",
        monitor,
        `validationLoss or one of ${Object.keys(record.metrics)}`,
      );
    }
    return this.#stopping!.update(value, record.epoch, this.options.net);
  }

  /**
   * Everything the run needs to go on exactly: weights and buffers, optimizer, schedule, places in random sequences,
   * scaler, averages, history, and where it is. Between steps (also in `onStep`) it is whole.
   */
  checkpoint(): Uint8Array {
    const { net, optimizer, schedule, scaler, average } = this.options;
    return encode(
      toPlain({
        kind: "whetstone trainer",
        net: net.stateDict(),
        random: net.randomState(),
        optimizer: optimizer.stateDict(),
        schedule: schedule?.stateDict?.() ?? null,
        scaler: scaler?.state ?? null,
        average: average?.stateDict() ?? null,
        stopping: this.#stopping?.state ?? null,
        history: this.history,
        at: this.#at,
      }),
      "Trainer.checkpoint",
    );
  }

  /** Takes over a {@link checkpoint} of a trainer with the same parts; `fit` goes on from there. */
  resume(bytes: Uint8Array): void {
    const where = "Trainer.resume";
    const saved = fromPlain(decode(bytes, () => undefined, where)) as Saved;
    if (saved?.kind !== "whetstone trainer")
      throw formatError(where, "the file holds something else than a training run");
    const { net, optimizer, schedule, scaler, average } = this.options;
    for (const [name, ours, theirs] of [
      ["schedule", schedule?.stateDict, saved.schedule],
      ["scaler", scaler, saved.scaler],
      ["average", average, saved.average],
    ] as const) {
      if ((ours === undefined) !== (theirs === null)) {
        throw formatError(where, `the run was saved ${theirs === null ? "without" : "with"} a ${name}`);
      }
    }
    net.loadStateDict(saved.net);
    net.loadRandomState(saved.random);
    optimizer.loadStateDict(saved.optimizer as never);
    schedule?.loadStateDict?.(saved.schedule as never);
    if (scaler) scaler.state = saved.scaler as GradScaler["state"];
    average?.loadStateDict(saved.average as Record<string, Tensor>);
    this.#restored = saved.stopping;
    this.history.splice(0, this.history.length, ...saved.history);
    this.#at = { ...saved.at };
  }
}

interface Saved {
  readonly kind: string;
  readonly net: Record<string, Tensor>;
  readonly random: ReturnType<AnyModule["randomState"]>;
  readonly optimizer: unknown;
  readonly schedule: unknown;
  readonly scaler: unknown;
  readonly average: unknown;
  readonly stopping: unknown;
  readonly history: EpochRecord[];
  readonly at: Position;
}

function start(epoch: number): Position {
  return { epoch, batch: 0, step: 0, loss: 0, rows: 0, norm: 0, normMax: 0, steps: 0 };
}

/** The rest of the epoch that a run is in. */
function batchesOf<B>(
  data: DataLoader<never, B> | Batches<B>,
  at: Position,
  signal?: AbortSignal,
): Batches<B> {
  if (data instanceof DataLoader)
    return data.batchesAsync(at.epoch, at.batch, { signal }) as AsyncIterable<B>;
  return skip(data, at.batch);
}

async function* skip<B>(batches: Batches<B>, count: number): AsyncGenerator<B> {
  let i = 0;
  for await (const batch of batches) if (i++ >= count) yield batch;
}

/** Up to `size` batches at a time. */
async function* groups<B>(batches: Batches<B>, size: number): AsyncGenerator<B[]> {
  let group: B[] = [];
  for await (const batch of batches) {
    group.push(batch);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
