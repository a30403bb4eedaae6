import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { Module } from "../module.ts";
import { DrawCounter, initStream, type Seeded } from "../seed.ts";
import { requireAxis, requireCount } from "./check.ts";
import { Linear } from "./linear.ts";

/** How many classes stand for all of them. */
export interface SampledSoftmaxOptions extends Seeded {
  /** Classes drawn for each batch. */
  readonly samples: number;
}

/**
 * Softmax trained against a sample of the classes (Jean et al. 2015): each target competes with `samples` classes drawn
 * log-uniformly (small numbers, the frequent classes, more often), and every logit is lowered by the logarithm of how
 * often its class is expected, so that the full softmax is what is learned. Eval scores all classes.
 */
export class SampledSoftmax extends Module<[x: Tensor, target: Tensor]> {
  static override readonly typeName: string = "SampledSoftmax";
  readonly classes: number;
  readonly samples: number;
  readonly output: Linear;
  readonly draws: DrawCounter;

  constructor(inFeatures: number, classes: number, options: SampledSoftmaxOptions) {
    super();
    requireCount("SampledSoftmax", "inFeatures", inFeatures);
    this.classes = requireCount("SampledSoftmax", "classes", classes, 2);
    this.samples = requireCount("SampledSoftmax", "samples", options.samples);
    const stream = initStream(options.seed);
    this.output = new Linear(inFeatures, classes, { seed: stream.split("output") });
    this.draws = new DrawCounter(stream);
  }

  /** log of the expected count of class c among the samples: samples log((c + 2) / (c + 1)) / log(classes + 1). */
  #logExpected(c: Tensor): Tensor {
    const k = c.to("f32");
    const p = k
      .add(2)
      .log()
      .sub(k.add(1).log())
      .div(Math.log(this.classes + 1));
    return p.mul(this.samples).log();
  }

  /** The mean loss: of a sample while training, else the full cross-entropy. `target` i32 [N]. */
  override forward(x: Tensor, target: Tensor): Tensor {
    requireAxis("SampledSoftmax.forward", target, 0, x.shape[0]!, "rows of x");
    if (target.dtype !== "i32")
      throw argumentError("SampledSoftmax.forward", "target", target.dtype, "i32 class numbers");
    if (!this.training) return crossEntropy(this.logits(x), target);
    const { weight, bias } = this.output;
    const n = x.shape[0]!;
    // Inversion of P(c < k) = log(k + 1) / log(classes + 1)
    const u = Tensor.rand([this.samples], { seed: this.draws.next() });
    const drawn = u
      .mul(Math.log(this.classes + 1))
      .exp()
      .sub(1)
      .floor()
      .clamp(0, this.classes - 1)
      .to("i32");
    const score = (c: Tensor) => bias!.take(c).sub(this.#logExpected(c));
    const own = x.mul(weight.take(target)).sum(1).add(score(target)); // [N]
    const others = x.matmul(weight.take(drawn).transpose()).add(score(drawn)); // [N, samples]
    const hit = drawn.unsqueeze(0).eq(target.unsqueeze(1)); // a target drawn by chance is no competitor
    const logits = Tensor.concat([own.unsqueeze(1), Tensor.where(hit, -1e30, others)], 1);
    return crossEntropy(logits, Tensor.zeros([n], { dtype: "i32" }));
  }

  /** Scores of all classes: [N, in] -> [N, classes]. */
  logits(x: Tensor): Tensor {
    return this.output.forward(x);
  }
}
