import { requireFunction } from "../errors.ts";
import { lastNodeId } from "./graph/node.ts";
import { Recording } from "./graph/recording.ts";
import { Tensor } from "./tensor.ts";

/**
 * A function of tensors that is called once: later calls with tensors of the same shapes and dtypes make the same
 * graph again without it, several times as fast. For code in a loop whose graph depends on nothing but its arguments;
 * numbers that change belong in them. Where a graph cannot be recorded (it computed a value, or drew on a tensor that
 * is no argument), the function is called every time.
 *
 * @example
 * let calls = 0;
 * const distance = recorded((x, y) => {
 *   calls++;
 *   return [x.sub(y).square().sum().sqrt()];
 * });
 * const from = Tensor.from([0, 0]);
 * const [near] = distance(from, Tensor.from([3, 4]));
 * const [far] = distance(from, Tensor.from([6, 8]));
 * [near.item(), far.item(), calls]; // [5, 10, 1]
 */
export function recorded(
  fn: (...inputs: Tensor[]) => readonly Tensor[],
): (...inputs: Tensor[]) => readonly Tensor[] {
  requireFunction("recorded", "fn", fn);
  let recording: Recording | null = null;
  let tries = 3;
  return (...inputs) => {
    const nodes = inputs.map((x) => x.node);
    if (recording?.fits(nodes)) return recording.make(nodes).map((node) => new Tensor(node));
    const since = lastNodeId();
    const outputs = fn(...inputs);
    if (tries > 0) {
      const made = outputs.map((x) => x.node);
      recording = Recording.of(nodes, made, since);
      if (recording === null) tries--;
    }
    return outputs;
  };
}
