export * from "./compose/index.ts";
export * from "./csv/index.ts";
export * from "./encode/index.ts";
export * from "./impute/index.ts";
export * from "./preprocessing/index.ts";
export { quantile } from "./quantile.ts";
export * from "./splits/index.ts";
export * from "./table/index.ts";
