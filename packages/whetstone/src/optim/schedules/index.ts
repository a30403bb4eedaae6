export {
  cosine,
  cosineRestarts,
  type OneCycleOptions,
  oneCycle,
  oneCycleMomentum,
} from "./cosine.ts";
export { exponentialDecay, linear, linearWarmup, milestones, polynomial, stepDecay } from "./decays.ts";
export { type PlateauOptions, ReduceOnPlateau } from "./plateau.ts";
export { constant, curve, least, type Schedule, sequence } from "./schedule.ts";
export { type RateControl, Scheduler } from "./scheduler.ts";
export { warmupStableDecay } from "./wsd.ts";
