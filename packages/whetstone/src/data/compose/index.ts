export {
  type ColumnSelector,
  type ColumnStep,
  ColumnTransformer,
  ColumnTransformerModel,
} from "./column-transformer.ts";
export { Pipeline, PipelineModel, type PipelineSteps } from "./pipeline.ts";
