/** One step of an optimizer on a group of batches. */
import { flush, type Tensor } from "../../tensor/index.ts";
import type { AnyModule } from "../module.ts";
import type { GradScaler } from "../tools/grad-scaler.ts";
import { clipGradients, gradientNorm } from "./gradients.ts";
import type { OptimizerLike } from "./history.ts";

interface StepOptions<B> {
  readonly net: AnyModule;
  readonly optimizer: OptimizerLike;
  readonly loss: (batch: B) => Tensor;
  readonly clipNorm?: number;
  readonly watchGradients?: boolean;
  readonly scaler?: GradScaler;
}

interface StepResult {
  readonly losses: readonly Tensor[];
  readonly norm: Tensor | null;
}

/** Losses of the batches; the gradients of their mean are left in the parameters. */
function backward<B>({ optimizer, loss: lossOf, scaler }: StepOptions<B>, batches: readonly B[]) {
  optimizer.zeroGrad();
  const losses: Tensor[] = [];
  const parts: Tensor[] = [];
  for (const batch of batches) {
    const loss = lossOf(batch);
    const part = batches.length > 1 ? loss.div(batches.length) : loss;
    losses.push(loss.keep());
    parts.push(part);
    (scaler ? scaler.scale(part) : part).backward();
    // Now, so that one batch's activations are held at a time.
    if (batches.length > 1) computeGradients(optimizer);
  }
  return { losses, parts };
}

function computeGradients(optimizer: OptimizerLike): void {
  for (const p of optimizer.params) p.grad?.keep();
  flush();
}

export function stepOnce<B>(options: StepOptions<B>, batches: readonly B[]): StepResult {
  const { optimizer, scaler, clipNorm, watchGradients } = options;
  const { losses } = backward(options, batches);
  scaler?.unscale(optimizer.params);
  const norm =
    clipNorm !== undefined
      ? clipGradients(optimizer.params, clipNorm)
      : watchGradients
        ? gradientNorm(optimizer.params).keep()
        : null;
  if (scaler) {
    scaler.step(optimizer, optimizer.params);
    scaler.update();
  } else optimizer.step();
  return { losses, norm };
}

/**
 * Evaluates the loss as often as the optimizer asks, each time with the same random numbers. Running statistics move by
 * the first evaluation, whose losses are checked before the optimizer goes on.
 */
export function stepByClosure<B>(
  options: StepOptions<B>,
  batches: readonly B[],
  check: (loss: Tensor) => void,
): StepResult {
  const { net, optimizer, watchGradients } = options;
  const random = net.randomState();
  const evaluations: (StepResult & { readonly buffers: readonly Tensor[] })[] = [];
  optimizer.step(() => {
    net.loadRandomState(random);
    const { losses, parts } = backward(options, batches);
    if (evaluations.length === 0) {
      const norm = watchGradients ? gradientNorm(optimizer.params).keep() : null;
      computeGradients(optimizer);
      losses.forEach(check);
      evaluations.push({ losses, norm, buffers: net.buffers().map((buffer) => buffer.clone()) });
    }
    return parts.reduce((a, b) => a.add(b));
  });
  const { losses, norm, buffers } = evaluations[0]!;
  net.buffers().forEach((buffer, i) => {
    buffer.assign(buffers[i]!);
  });
  flush();
  return { losses, norm };
}
