export * from "./parquet/index.ts";
export * from "./query/index.ts";
