export {
  type Card,
  type CardResult,
  card,
  chapterOf,
  type Erratum,
  type FollowUp,
  type Level,
  type RunOptions,
  runCard,
} from "./card.ts";
export { CHAPTERS } from "./chapters.ts";
export * from "./controls.ts";
export { labelsOf, mistakesOnTable, scaled, tableMap, targetsOf } from "./data-pictures.ts";
export * from "./drill.ts";
export * from "./figure.ts";
export {
  brief,
  type Check,
  createLab,
  type Expectation,
  judge,
  type Lab,
  type LabTable,
  type Output,
} from "./lab.ts";
export { neighbourMap } from "./neighbour-map.ts";
export { drawnTree, region } from "./tree-pictures.ts";
