export { col, Expression, type Literal, lit, type Operand } from "./expression.ts";
export { LazyFrame, LazyGroups, type LazyJoinOptions } from "./lazy-frame.ts";
export type { JoinHow, JoinKeys, NamedAggregation } from "./plan.ts";
export type { ReadCounts, Source } from "./source.ts";
