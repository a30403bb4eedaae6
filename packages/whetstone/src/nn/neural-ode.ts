/** Layers whose depth is time: the state follows an ordinary differential equation that a net gives. */
import { argumentError } from "../errors.ts";
import { customGradient, enableGrad, grad, noGrad, Tensor } from "../tensor/index.ts";
import { Module } from "./module.ts";

/** How a neural ODE is solved, and how its gradients are found. */
export interface NeuralOdeOptions {
  /** Steps of the classical Runge–Kutta method between two times. Default 8. */
  readonly steps?: number;
  /**
   * "adjoint" (default): gradients by integrating backwards in time, with memory that does not grow with the number of
   * steps. "backprop": through all steps, exact for the discrete solution.
   */
  readonly gradient?: "adjoint" | "backprop";
}

/** dy/dt as a module: (y, t as a tensor without axes) -> the shape of y. */
export type Dynamics = Module<[y: Tensor, t: Tensor]>;

type Field = (y: readonly Tensor[], t: Tensor) => Tensor[];

/** One classical Runge–Kutta step of several states at once. */
function rungeKutta(field: Field, y: readonly Tensor[], t: number, h: number): Tensor[] {
  const at = (k: readonly Tensor[], share: number) => y.map((v, i) => v.add(k[i]!.mul(share * h)));
  const k1 = field(y, Tensor.from(t));
  const middle = Tensor.from(t + h / 2);
  const k2 = field(at(k1, 0.5), middle);
  const k3 = field(at(k2, 0.5), middle);
  const k4 = field(at(k3, 1), Tensor.from(t + h));
  return y.map((v, i) =>
    v.add(
      k1[i]!.add(k2[i]!.mul(2))
        .add(k3[i]!.mul(2))
        .add(k4[i]!)
        .mul(h / 6),
    ),
  );
}

/**
 * Solves dy/dt = f(y, t) from y(times[0]) and gives y at all times, [times, ...y]. Times may be unevenly spaced, as in
 * irregularly sampled series, but must ascend. Gradients flow to y0 and to the parameters of f (Chen et al. 2018).
 *
 * @example
 * const f = new Linear(1, 1, { bias: false, seed: 1 });
 * class Decay extends Module {
 *   rate = parameter(Tensor.from(-1));
 *   forward(y) { return y.mul(this.rate); }
 * }
 * const ode = new NeuralOde(new Decay());
 * const y = ode.forward(Tensor.from([1]), [0, 0.5, 2]); // [3, 1]
 * Math.abs(y.at(2, 0).item() - Math.exp(-2)) < 1e-4; // true
 */
export class NeuralOde extends Module<[y0: Tensor, times: readonly number[]]> {
  static override readonly typeName: string = "NeuralOde";
  readonly dynamics: Dynamics;
  readonly steps: number;
  readonly gradient: "adjoint" | "backprop";

  constructor(dynamics: Dynamics, options: NeuralOdeOptions = {}) {
    super();
    const { steps = 8, gradient = "adjoint" } = options;
    if (!Number.isSafeInteger(steps) || steps < 1) {
      throw argumentError("NeuralOde", "steps", steps, "a whole number >= 1");
    }
    if (gradient !== "adjoint" && gradient !== "backprop") {
      throw argumentError("NeuralOde", "gradient", gradient, '"adjoint" or "backprop"');
    }
    this.dynamics = dynamics;
    this.steps = steps;
    this.gradient = gradient;
  }

  override forward(y0: Tensor, times: readonly number[]): Tensor {
    if (times.length < 1 || times.some((t, i) => !Number.isFinite(t) || (i > 0 && !(t > times[i - 1]!)))) {
      throw argumentError(
        "NeuralOde.forward",
        "times",
        times,
        "finite numbers, each greater than the one before",
      );
    }
    if (this.gradient === "backprop") return this.#solve(y0, times);
    const value = noGrad(() => this.#solve(y0, times));
    const parameters = this.dynamics.parameters({ trainable: true });
    const inputs = [y0, ...parameters];
    if (!inputs.some((i) => i.requiresGrad)) return value;
    return customGradient(value, inputs, (g) => enableGrad(() => this.#adjoint(value, g, times, parameters)));
  }

  #solve(y0: Tensor, times: readonly number[]): Tensor {
    const states = [y0];
    const field: Field = ([y], t) => [this.dynamics.forward(y!, t)];
    for (let i = 1; i < times.length; i++) {
      const h = (times[i]! - times[i - 1]!) / this.steps;
      let y = states.at(-1)!;
      for (let s = 0; s < this.steps; s++) [y] = rungeKutta(field, [y], times[i - 1]! + s * h, h) as [Tensor];
      states.push(y);
    }
    return Tensor.stack(states);
  }

  /**
   * The state and its adjoint a = dL/dy, integrated from the last time to the first: da/dt = -a df/dy, and
   * dL/dtheta = -integral of a df/dtheta; the gradient of each given time is added on the way.
   */
  #adjoint(value: Tensor, g: Tensor, times: readonly number[], parameters: readonly Tensor[]): Tensor[] {
    const field: Field = ([y, a], t) => {
      const at = y!.detach().requireGrad();
      const f = this.dynamics.forward(at, t);
      const parts = grad([f], [at, ...parameters], { seeds: [a!], createGraph: false });
      return [f.detach(), ...parts.map((p) => p.neg())];
    };
    const last = times.length - 1;
    let state = [
      value.at(last).detach(),
      g.at(last),
      ...parameters.map((p) => Tensor.zeros(p.shape, { dtype: p.dtype })),
    ];
    for (let i = last; i > 0; i--) {
      const h = (times[i - 1]! - times[i]!) / this.steps;
      for (let s = 0; s < this.steps; s++) state = rungeKutta(field, state, times[i]! + s * h, h);
      // The forward pass knows the state at this time; its own going back only approximates it.
      state = [value.at(i - 1).detach(), state[1]!.add(g.at(i - 1)), ...state.slice(2)];
    }
    return state.slice(1);
  }
}
