export {
  type NearDuplicate,
  type NearDuplicateOptions,
  nearDuplicateGroups,
  nearDuplicates,
  nearDuplicatesAcross,
} from "./near-duplicates.ts";
export { type PreprocessingLeak, preprocessingLeak } from "./preprocessing-leak.ts";
export { type SimilarText, type SimilarTextOptions, shingles, similarTexts } from "./similar-texts.ts";
