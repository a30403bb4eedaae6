export * from "./audit/index.ts";
export {
  type ClassImbalance,
  type ClassImbalanceOptions,
  classImbalanceReport,
} from "./class-imbalance.ts";
export * from "./compose/index.ts";
export * from "./csv/index.ts";
export { type DictionaryEncoded, dictionaryDecode, dictionaryEncode } from "./dictionary-encoding.ts";
export { duplicateGroups, duplicatesAcross } from "./duplicates.ts";
export * from "./encode/index.ts";
export * from "./impute/index.ts";
export * from "./label-quality/index.ts";
export {
  type LeakageFinding,
  type LeakageMeasure,
  type LeakageOptions,
  type LeakageRelation,
  leakageReport,
} from "./leakage.ts";
export { closestNames } from "./names.ts";
export * from "./preprocessing/index.ts";
export { quantile } from "./quantile.ts";
export * from "./resample/index.ts";
export * from "./samplers/index.ts";
export * from "./splits/index.ts";
export * from "./synthetic/index.ts";
export * from "./synthetic-quality/index.ts";
export * from "./table/index.ts";
export * from "./text-generation/index.ts";
