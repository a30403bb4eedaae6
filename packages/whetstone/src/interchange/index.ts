/** Models of other libraries in, models for other runtimes out. */
export {
  type ColumnCategories,
  codeBit,
  encodeCategories,
  type HasPlainTrees,
  outputOf,
  type PlainTrees,
  plainTreesOf,
  type TreeModel,
} from "./plain-trees.ts";
