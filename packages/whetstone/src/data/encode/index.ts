export { FrequencyEncoder, FrequencyEncoderModel } from "./frequency-encoder.ts";
export { OneHotEncoder, OneHotEncoderModel } from "./one-hot-encoder.ts";
export { OrdinalEncoder, OrdinalEncoderModel } from "./ordinal-encoder.ts";
export { TargetEncoder, TargetEncoderModel } from "./target-encoder.ts";
