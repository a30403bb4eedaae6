export * from "./csv/index.ts";
export { quantile } from "./quantile.ts";
export * from "./table/index.ts";
