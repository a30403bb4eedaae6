/** Checks gradients against central differences. */
import { argumentError, requireFunction, requireList } from "../errors.ts";
import { grad, noGrad } from "./functional.ts";
import { showShape } from "./graph/shape.ts";
import { Tensor } from "./tensor.ts";

/** Step and tolerance of a comparison with finite differences. */
export interface GradcheckOptions {
  /** Differences are taken over step * max(1, |x|) to both sides. Default 6e-6, the cube root of rounding. */
  readonly step?: number;
  /** Largest error that passes, relative to the larger of 1 and both derivatives. Default 1e-6. */
  readonly tolerance?: number;
}

/** One derivative, both ways. */
export interface GradcheckEntry {
  /** d output[outputIndex] / d inputs[input][inputIndex]. */
  readonly input: number;
  readonly inputIndex: readonly number[];
  readonly outputIndex: readonly number[];
  readonly autograd: number;
  readonly numerical: number;
  /** |autograd - numerical| / max(1, |autograd|, |numerical|). */
  readonly error: number;
}

/** How the gradients of a graph compare with finite differences. */
export interface GradcheckReport {
  /** Whether no derivative is off by more than the tolerance. */
  readonly ok: boolean;
  /** Derivatives compared. */
  readonly checked: number;
  /** Where the largest error lies. */
  readonly worst: GradcheckEntry;
  /** One line that says what was found. */
  readonly message: string;
}

/**
 * Compares every derivative of `f` by its inputs with a central difference. The inputs are moved in place and put
 * back, so `f` may use them as arguments or as parameters it holds (of a layer); what else was computed from them must
 * be read before. Points at which f has a kink give errors of about half the jump.
 *
 * @param f Of the inputs, to a tensor of any shape; the same inputs must give the same output.
 * @param inputs float64 leaves that require gradients.
 * @example
 * const x = Tensor.from([0.5, 2], { dtype: "f64", requiresGrad: true });
 * gradcheck((x) => x.exp().mul(x), [x]).ok; // true
 * const wrong = (x) => customGradient(x.square(), [x], (g) => [g.mul(x)]);
 * gradcheck(wrong, [x]).message; // "d output[1] / d inputs[0][1] is 2 by autograd and 4.000 by differences"
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 6e-6, tolerance = 1e-6 }: GradcheckOptions = {},
): GradcheckReport {
  const where = "gradcheck";
  requireFunction(where, "f", f);
  requireList(where, "inputs", inputs, "an array of tensors");
  inputs.forEach((x, i) => {
    if (!(x instanceof Tensor) || x.dtype !== "f64" || !x.requiresGrad) {
      const got = x instanceof Tensor ? `${x} ${x.requiresGrad ? "" : "without gradient"}` : x;
      throw argumentError(where, `inputs[${i}]`, got, "a float64 leaf with requiresGrad: true");
    }
  });
  if (!(step > 0)) throw argumentError(where, "step", step, "a number > 0");
  if (!(tolerance > 0)) throw argumentError(where, "tolerance", tolerance, "a number > 0");
  const output = f(...inputs);
  if (output.size * inputs.reduce((n, x) => n + x.size, 0) === 0) {
    throw argumentError(
      where,
      "f",
      `a function to ${showShape(output.shape)}`,
      "at least one output and input",
    );
  }
  const rows = jacobianRows(output, inputs);
  let worst: GradcheckEntry | undefined;
  let checked = 0;
  inputs.forEach((x, input) => {
    const home = x.data() as Float64Array;
    try {
      home.forEach((value, j) => {
        const h = step * Math.max(1, Math.abs(value));
        const [above, below] = [value + h, value - h].map((moved) => {
          set(x, home.with(j, moved));
          return f(...inputs)
            .to("f64")
            .data();
        }) as [Float64Array, Float64Array];
        rows.forEach((row, i) => {
          const autograd = row[input]![j]!;
          const numerical = (above[i]! - below[i]!) / (value + h - (value - h));
          const error = Math.abs(autograd - numerical) / Math.max(1, Math.abs(autograd), Math.abs(numerical));
          checked++;
          if (worst !== undefined && !(error > worst.error || Number.isNaN(error))) return;
          if (worst !== undefined && Number.isNaN(worst.error)) return;
          const inputIndex = indexOf(j, x.shape);
          worst = { input, inputIndex, outputIndex: indexOf(i, output.shape), autograd, numerical, error };
        });
      });
    } finally {
      set(x, home);
    }
  });
  const { error, autograd, numerical } = worst!;
  const place = `d output[${worst!.outputIndex}] / d inputs[${worst!.input}][${worst!.inputIndex}]`;
  const ok = error <= tolerance;
  const message = ok
    ? `${checked} derivatives agree to ${tolerance}; the worst, ${place}, to ${error.toExponential(1)}`
    : `${place} is ${Number(autograd.toPrecision(4))} by autograd and ${numerical.toPrecision(4)} by differences`;
  return { ok, checked, worst: worst!, message };
}

/** For each element of the output the gradients by all inputs. */
function jacobianRows(output: Tensor, inputs: readonly Tensor[]): Float64Array[][] {
  const flat = output.reshape([-1]);
  return Array.from({ length: output.size }, (_, i) => {
    if (!output.requiresGrad) return inputs.map((x) => new Float64Array(x.size));
    return grad([flat.at(i)], inputs, { createGraph: false }).map((g) => g.to("f64").data() as Float64Array);
  });
}

function set(x: Tensor, values: Float64Array): void {
  noGrad(() => x.assign(Tensor.from(values, { shape: x.shape })));
  x.realize();
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis]!;
    flat = Math.floor(flat / shape[axis]!);
  }
  return index;
}
