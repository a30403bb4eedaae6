export { quantile } from "./quantile.ts";
export * from "./table/index.ts";
