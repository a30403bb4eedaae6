/** What each estimator promises beyond the common contract, and which checks do not apply to it and why. */
import type { Subject } from "../contract/conformance.ts";
import type { ParamTable, Spec } from "../contract/index.ts";

type Promises = Partial<Omit<Subject, "spec" | "load" | "encode" | "decodeSpec">> & {
  /** Where the estimator cannot be made without arguments. */
  readonly spec?: () => Spec<ParamTable>;
};

export const CONFORMANCE: Readonly<Record<string, Promises>> = {};
