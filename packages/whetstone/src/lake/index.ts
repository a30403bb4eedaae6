export * from "./parquet/index.ts";
export * from "./query/index.ts";
export * from "./versioned/index.ts";
