/** Initial value problems of ordinary differential equations. */
export { dormandPrince, euler, odeSolve, rk4 } from "./solve.ts";
export type { OdeEvent, OdeFunction, OdeOptions, OdeResult } from "./types.ts";
