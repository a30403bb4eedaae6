export * from "./csv/index.ts";
export { quantile } from "./quantile.ts";
export * from "./splits/index.ts";
export * from "./table/index.ts";
