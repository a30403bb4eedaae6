export {
  conditionalSampler,
  copulaSampler,
  type DensitySpec,
  densitySampler,
  grammarSampler,
} from "./model-samplers.ts";
export {
  bootstrapSampler,
  marginSampler,
  type RowSampler,
  type SamplerSpec,
  type SeedOption,
  simulatorSampler,
} from "./sampler.ts";
export { type SamplerValidation, type ValidateSamplerOptions, validateSampler } from "./validate-sampler.ts";
