/** Numerical optimisation: minimisers of smooth, bounded, composite and black-box functions over `Float64Array`. */
export { bfgs } from "./bfgs.ts";
export {
  type ConjugateGradientOptions,
  type ConjugateGradientResult,
  conjugateGradient,
  jacobiPreconditioner,
  type LinearMap,
  type NonlinearConjugateGradientOptions,
  nonlinearConjugateGradient,
} from "./conjugate-gradient.ts";
export { type CoordinateDescentOptions, coordinateDescent } from "./coordinate-descent.ts";
export {
  checkGradient,
  type DifferenceOptions,
  type GradientCheck,
  numericalGradient,
  numericalHessian,
  numericalJacobian,
} from "./differences.ts";
export { type GradientDescentOptions, gradientDescent } from "./gradient-descent.ts";
export { type LbfgsOptions, lbfgs } from "./lbfgs.ts";
export { type Bounds, type LbfgsbOptions, lbfgsb } from "./lbfgsb.ts";
export {
  gaussNewton,
  type LeastSquaresResult,
  type LevenbergMarquardtOptions,
  levenbergMarquardt,
  type ResidualProblem,
} from "./least-squares.ts";
export { type MinimizeMethod, minimize } from "./minimize.ts";
export { empiricalFisher, type NaturalGradientOptions, naturalGradient } from "./natural-gradient.ts";
export { type NelderMeadOptions, nelderMead } from "./nelder-mead.ts";
export { type NewtonOptions, newton } from "./newton.ts";
export {
  ballProximal,
  boxProximal,
  l1Proximal,
  type Proximal,
  type ProximalGradientOptions,
  proximalGradient,
  softThreshold,
} from "./proximal.ts";
export { brentMinimize, brentRoot, type ScalarOptions, type ScalarResult } from "./scalar.ts";
export type {
  Iterate,
  MinimizeOptions,
  MinimizeResult,
  Problem,
  ProblemFunctions,
  StopReason,
  Tolerances,
  Written,
} from "./types.ts";
