export { billingDisputes } from "./billing-disputes.ts";
export { type TextDiversity, type TextDiversityOptions, textDiversity } from "./text-diversity.ts";
export {
  type Alternative,
  type Features,
  type GeneratedText,
  TextGrammar,
  type TextRules,
  type TextSampleOptions,
} from "./text-grammar.ts";
