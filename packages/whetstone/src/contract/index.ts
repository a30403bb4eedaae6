export {
  AbortError,
  argumentError,
  type ErrorCode,
  type ErrorFields,
  formatError,
  numericalError,
  shapeError,
  show,
  valueError,
  WhetstoneError,
} from "../errors.ts";
export * from "./codec.ts";
export * from "./embedding.ts";
export * from "./estimator.ts";
export * from "./input.ts";
export * from "./params.ts";
export * from "./run.ts";
export * from "./unsupervised.ts";
