import { argumentError, shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { type LossOptions, reduce } from "./reduction.ts";

/** The blank class, and what is done with targets that cannot be spelled. */
export interface CTCOptions extends LossOptions {
  /** Class of "nothing here". Default 0. */
  readonly blank?: number;
  /** Gives 0 (and no gradient) for targets that no path of the input's length can spell. Default: infinity. */
  readonly zeroInfinity?: boolean;
}

const NEVER = -1e30;

/** log(e^a + e^b + ...) along a new axis, for values that may be "never". */
const logAdd = (...terms: Tensor[]): Tensor => Tensor.stack(terms, 0).logSumExp(0).maximum(NEVER);

/**
 * Connectionist temporal classification (Graves et al. 2006): minus the log probability of all ways to spell a target
 * with blanks and repetitions. `logProb` [T, N, C] log probabilities; `target` i32 [N, S], none of them blank; lengths
 * i32 [N]. The mean is that of losses divided by target lengths, as in PyTorch.
 *
 * @example
 * // Two steps, classes blank and "a", all equally likely: "a" is spelled by a-, -a and aa.
 * const logProb = Tensor.full([2, 1, 2], Math.log(0.5));
 * const one = Tensor.from(Int32Array.of(1));
 * ctc(logProb, Tensor.from([[1]]).to("i32"), Tensor.from(Int32Array.of(2)), one).item(); // 0.2877 = -log(3 / 4)
 */
export function ctc(
  logProb: Tensor,
  target: Tensor,
  inputLengths: Tensor,
  targetLengths: Tensor,
  options: CTCOptions = {},
): Tensor {
  const where = "ctc";
  if (logProb.rank !== 3) {
    throw shapeError(where, "logProb", `has shape [${logProb.shape.join(", ")}]`, "[T, N, C]");
  }
  const [T, N, C] = logProb.shape as [number, number, number];
  if (target.rank !== 2 || target.shape[0] !== N) {
    throw shapeError(where, "target", `has shape [${target.shape.join(", ")}]`, `[${N}, S]`);
  }
  for (const [name, lengths] of Object.entries({ inputLengths, targetLengths })) {
    if (lengths.rank !== 1 || lengths.size !== N) {
      throw shapeError(where, name, `has shape [${lengths.shape.join(", ")}]`, `[${N}]`);
    }
  }
  const blank = options.blank ?? 0;
  if (!(Number.isInteger(blank) && blank >= 0 && blank < C)) {
    throw argumentError(where, "blank", blank, `a class number from 0 to ${C - 1}`);
  }
  const S = target.shape[1]!;
  const L = 2 * S + 1;
  // blank, t1, blank, t2, ..., blank
  const labels = Tensor.stack([Tensor.full([N, S], blank, { dtype: "i32" }), target.to("i32")], 2)
    .reshape([N, 2 * S])
    .pad(
      [
        [0, 0],
        [0, 1],
      ],
      blank,
    );
  // A label may be reached past the blank before it if the label before that is another one.
  const before = labels
    .pad(
      [
        [0, 0],
        [2, 0],
      ],
      -1,
    )
    .slice(1, 0, L);
  const skips = labels.ne(blank).and(labels.ne(before)).and(Tensor.arange(L).ge(2));
  const emission = (t: number) => logProb.at(t).gather(1, labels); // [N, L]
  const shift = (a: Tensor, by: number) =>
    a
      .pad(
        [
          [0, 0],
          [by, 0],
        ],
        NEVER,
      )
      .slice(1, 0, L);
  let alpha = Tensor.where(Tensor.arange(L).lt(2).unsqueeze(0).expand([N, L]), emission(0), NEVER);
  for (let t = 1; t < T; t++) {
    const jump = Tensor.where(skips, shift(alpha, 2), NEVER);
    const next = logAdd(alpha, shift(alpha, 1), jump).add(emission(t)).maximum(NEVER);
    alpha = Tensor.where(inputLengths.gt(t).unsqueeze(1), next, alpha);
  }
  const lengths = targetLengths.to("i32");
  const end = lengths.mul(2).unsqueeze(1);
  const last = alpha.gather(1, end).squeeze(1);
  const label = Tensor.where(lengths.gt(0), alpha.gather(1, end.sub(1)).squeeze(1), NEVER);
  const total = logAdd(last, label);
  const impossible = total.lt(NEVER / 2);
  const losses = Tensor.where(impossible, options.zeroInfinity ? 0 : Number.POSITIVE_INFINITY, total.neg());
  if ((options.reduction ?? "mean") !== "mean") return reduce(where, losses, options.reduction);
  return losses.div(lengths.maximum(1).to(losses.dtype)).mean();
}
