/**
 * Learning from a table in one forward pass (after Müller et al. 2022 and TabPFN, Hollmann et al. 2023): a transformer is
 * trained once on many made-up tasks; given the labelled rows of a new one, it predicts the others without a step.
 */
import { argumentError, shapeError } from "../../errors.ts";
import { type RandomStream, randomStream } from "../../math/index.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { MultiHeadAttention } from "../layers/attention.ts";
import { FeedForward } from "../layers/feed-forward.ts";
import { LayerNorm } from "../layers/layer-norm.ts";
import { Linear } from "../layers/linear.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import type { OptimizerLike } from "../training/history.ts";

/** Sizes of the tasks that are learned in context, and of the transformer that learns them. */
export interface InContextOptions extends Seeded {
  /** Columns of every task. */
  readonly features: number;
  /** Most classes of a task, >= 2. */
  readonly classes: number;
  /** Default 64. */
  readonly dim?: number;
  /** Default 3. */
  readonly layers?: number;
  /** Default 4. */
  readonly heads?: number;
}

/** Rows of several tasks: x [tasks, rows, features], y i32 [tasks, rows]. */
export interface TaskBatch {
  readonly x: Tensor;
  readonly y: Tensor;
}

class Block extends Module<[x: Tensor, mask: Tensor]> {
  readonly norm1: LayerNorm;
  readonly attention: MultiHeadAttention;
  readonly norm2: LayerNorm;
  readonly feedForward: FeedForward;

  constructor(dim: number, heads: number, options: Seeded) {
    super();
    const stream = initStream(options.seed);
    this.norm1 = new LayerNorm(dim);
    this.attention = new MultiHeadAttention(dim, heads, { seed: stream.split("attention") });
    this.norm2 = new LayerNorm(dim);
    this.feedForward = new FeedForward(dim, 2 * dim, { activation: "gelu", seed: stream.split("ff") });
  }

  override forward(x: Tensor, mask: Tensor): Tensor {
    const y = x.add(this.attention.forward(this.norm1.forward(x), { mask }));
    return y.add(this.feedForward.forward(this.norm2.forward(y)));
  }
}

/**
 * x [tasks, rows, features], labels of the first `known` rows [tasks, known] -> logits of the other rows [tasks, rows -
 * known, classes]. All rows look at the labelled ones only, so predictions of a row do not depend on the other queries;
 * the order of the labelled rows does not matter.
 */
export class InContextClassifier extends Module<[x: Tensor, y: Tensor, known: number]> {
  static override readonly typeName: string = "InContextClassifier";
  readonly features: number;
  readonly classes: number;
  readonly input: Linear;
  readonly label: Linear;
  readonly blocks: readonly Block[];
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor(options: InContextOptions) {
    super();
    const { features, classes, dim = 64, layers = 3, heads = 4 } = options;
    for (const [name, value, least] of [
      ["features", features, 1],
      ["classes", classes, 2],
    ] as const) {
      if (!Number.isSafeInteger(value) || value < least) {
        throw argumentError("InContextClassifier", name, value, `a whole number >= ${least}`);
      }
    }
    const stream = initStream(options.seed);
    this.features = features;
    this.classes = classes;
    this.input = new Linear(features, dim, { seed: stream.split("input") });
    this.label = new Linear(classes, dim, { bias: false, seed: stream.split("label") });
    this.blocks = Array.from(
      { length: layers },
      (_, i) => new Block(dim, heads, { seed: stream.split(`block${i}`) }),
    );
    this.norm = new LayerNorm(dim);
    this.head = new Linear(dim, classes, { seed: stream.split("head") });
  }

  override forward(x: Tensor, y: Tensor, known: number): Tensor {
    const [tasks, rows, features] = x.shape as [number, number, number];
    if (x.rank !== 3 || features !== this.features) {
      throw shapeError(
        "InContextClassifier.forward",
        "x",
        `has shape [${x.shape}]`,
        `[tasks, rows, ${this.features}]`,
      );
    }
    if (!Number.isSafeInteger(known) || known < 1 || known >= rows) {
      throw argumentError(
        "InContextClassifier.forward",
        "known",
        known,
        `a whole number from 1 to ${rows - 1}`,
      );
    }
    // Labels are added to the labelled rows, nothing to the others.
    const marks = y.slice(1, 0, known).oneHot(this.classes).to("f32");
    const labels = this.label.forward(marks).pad([
      [0, rows - known],
      [0, 0],
    ]);
    let h = this.input.forward(x).add(labels);
    const mask = Tensor.arange(rows).lt(known).expand([tasks, 1, rows, rows]);
    for (const block of this.blocks) h = block.forward(h, mask);
    return this.head.forward(this.norm.forward(h.slice(1, known)));
  }

  /** Classes of the query rows of one task, from its labelled rows: no gradient step is made. */
  predict(x: Tensor, y: Tensor, queries: Tensor): Tensor {
    return noGrad(() => {
      const all = Tensor.concat([x, queries], 0).unsqueeze(0);
      return this.forward(all, y.unsqueeze(0), x.shape[0]!).at(0).argmax(-1);
    });
  }
}

/** Draws tasks: the prior that the model is fitted to. */
export type TaskPrior = (random: RandomStream, tasks: number, rows: number) => TaskBatch;

/** Trains the model on tasks drawn afresh for each step; gives the losses. */
export function fitToPrior(
  model: InContextClassifier,
  optimizer: OptimizerLike,
  prior: TaskPrior,
  options: {
    readonly steps: number;
    readonly tasks?: number;
    readonly rows?: number;
    readonly seed: number;
    readonly onStep?: (step: number, loss: number) => void;
  },
): number[] {
  const { steps, tasks = 16, rows = 32, seed, onStep } = options;
  const random = randomStream(seed);
  const losses: number[] = [];
  const known = Math.floor(rows * 0.6);
  model.train();
  for (let step = 0; step < steps; step++) {
    const { x, y } = prior(random, tasks, rows);
    optimizer.zeroGrad();
    const logits = model.forward(x, y, known);
    const targets = y.slice(1, known).reshape([-1]);
    const loss = crossEntropy(logits.reshape([-1, model.classes]), targets);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
    onStep?.(step, losses.at(-1)!);
  }
  model.eval();
  return losses;
}

/** Tasks whose two classes lie on the sides of a random line through bent axes, a few labels turned. */
export const bentLinePrior: TaskPrior = (random, tasks, rows) => {
  const x = new Float32Array(tasks * rows * 2);
  const y = new Int32Array(tasks * rows);
  for (let t = 0; t < tasks; t++) {
    const angle = random.uniform() * 2 * Math.PI;
    const bend = random.normal(0, 0.6);
    const shift = random.normal(0, 0.4);
    for (let r = 0; r < rows; r++) {
      const at = t * rows + r;
      const [u, v] = [random.normal(), random.normal()];
      x[2 * at] = u;
      x[2 * at + 1] = v;
      const along = u * Math.cos(angle) + v * Math.sin(angle);
      const across = v * Math.cos(angle) - u * Math.sin(angle);
      const side = across - bend * along * along + shift > 0 ? 1 : 0;
      y[at] = random.bernoulli(0.03) ? 1 - side : side;
    }
  }
  return { x: Tensor.from(x).reshape([tasks, rows, 2]), y: Tensor.from(y).reshape([tasks, rows]) };
};
