/** Convexity tests, quadratic programs with their duals, constraint qualifications, Jensen's inequality. */
export {
  type ConvexityCounterexample,
  type HessianConvexity,
  hessianConvexity,
  type MidpointConvexity,
  midpointConvexity,
  type SamplingDomain,
  type StationaryPoint,
  stationaryKind,
} from "./convexity.ts";
export {
  type KktResiduals,
  kktResiduals,
  type LagrangianDual,
  lagrangianDual,
  type SlaterCheck,
  slaterConvex,
  slaterLinear,
} from "./duality.ts";
export { type ElboBound, elboBound, type JensenGap, type JensenOptions, jensenGap } from "./jensen.ts";
export {
  type QuadraticProgram,
  type QuadraticProgramOptions,
  type QuadraticProgramResult,
  quadraticProgram,
} from "./quadratic-program.ts";
