/**
 * Networks: modules with named parameters, layers, initial values, losses, and the training loop around them. This
 * family knows tensors; optimizers it knows only as things with `zeroGrad` and `step`.
 */
export { Flatten, Lambda, ModuleList, Residual, Sequential } from "./containers.ts";
export * from "./functional.ts";
export {
  type FanOptions,
  fans,
  gainOf,
  type HeOptions,
  heNormal,
  heUniform,
  normalInit,
  orthogonal,
  truncatedNormal,
  uniformInit,
  xavierNormal,
  xavierUniform,
} from "./init.ts";
export * from "./layers/activations.ts";
export { AdaptiveSoftmax, type AdaptiveSoftmaxOptions } from "./layers/adaptive-softmax.ts";
export {
  type AttentionInput,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./layers/attention.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from "./layers/batch-norm.ts";
export * from "./layers/convolution.ts";
export { AlphaDropout, ChannelDropout, Dropout, DropPath } from "./layers/dropout.ts";
export { Embedding, type EmbeddingOptions } from "./layers/embedding.ts";
export { EntityEmbedding, type EntityEmbeddingOptions } from "./layers/entity-embedding.ts";
export {
  type ActivationName,
  FeedForward,
  type FeedForwardOptions,
  GatedFeedForward,
} from "./layers/feed-forward.ts";
export { GroupNorm, InstanceNorm } from "./layers/group-norm.ts";
export { HierarchicalSoftmax } from "./layers/hierarchical-softmax.ts";
export { LayerNorm, type NormOptions, RMSNorm, type RMSNormOptions } from "./layers/layer-norm.ts";
export { Bilinear, Linear, type LinearOptions, linear } from "./layers/linear.ts";
export * from "./layers/pooling.ts";
export * from "./layers/recurrent.ts";
export * from "./layers/recurrent-cells.ts";
export { SampledSoftmax, type SampledSoftmaxOptions } from "./layers/sampled-softmax.ts";
export { SpectralNorm, type SpectralNormOptions } from "./layers/spectral-norm.ts";
export * from "./layers/transformer.ts";
export * from "./losses/binary.ts";
export * from "./losses/cross-entropy.ts";
export { type CTCOptions, ctc } from "./losses/ctc.ts";
export * from "./losses/metric.ts";
export type { LossOptions, Reduction } from "./losses/reduction.ts";
export * from "./losses/regression.ts";
export { MLP, type MLPOptions } from "./mlp.ts";
export { type AnyModule, type LoadReport, Module, parameter, type StateDict } from "./module.ts";
export { type MuGroup, MuReadout, muGroups } from "./mup.ts";
export { type Dynamics, NeuralOde, type NeuralOdeOptions } from "./neural-ode.ts";
export { leafOutputs, type Observer, observe } from "./observe.ts";
export { DrawCounter, type DrawState, type InitSeed, initStream, type Seeded, seeded } from "./seed.ts";
export { substitute } from "./substitute.ts";
export {
  FeatureTokenizer,
  type FeatureTokenizerOptions,
  FTTransformer,
  type FTTransformerOptions,
} from "./tabular/ft-transformer.ts";
export {
  bentLinePrior,
  fitToPrior,
  InContextClassifier,
  type InContextOptions,
  type TaskBatch,
  type TaskPrior,
} from "./tabular/in-context.ts";
export { checkpointSequential } from "./tools/checkpoint-sequential.ts";
export { type Curve, type Diagnosis, diagnoseCurve, type Finding } from "./tools/curve-doctor.ts";
export { WeightAverage } from "./tools/ema.ts";
export { GradScaler, type GradScalerOptions } from "./tools/grad-scaler.ts";
export * from "./tools/health.ts";
export * from "./tools/landscape.ts";
export { type Mixed, mixup } from "./tools/mixup.ts";
export { inPrecision } from "./tools/precision.ts";
export { loadSafetensors, saveSafetensors } from "./tools/safetensors.ts";
export { type LayerSummary, type Summary, summary } from "./tools/summary.ts";
export * from "./tools/transfer.ts";
export { batchSize, collate } from "./training/batch.ts";
export {
  type CompiledFitOptions,
  CompiledModel,
  type CompileOptions,
  compile,
  type FitHistory,
} from "./training/compile.ts";
export { DataLoader, type DataLoaderOptions } from "./training/data-loader.ts";
export { type MapDataset, type StreamDataset, TensorDataset } from "./training/dataset.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./training/early-stopping.ts";
export { type Batches, evaluate } from "./training/evaluate.ts";
export { clipGradients, gradientNorm } from "./training/gradients.ts";
export type { EpochRecord, OptimizerLike, ScheduleLike } from "./training/history.ts";
export { ModuleDataset, type ModuleDatasetOptions } from "./training/module-dataset.ts";
export { type FitLoopOptions, Trainer, type TrainerOptions } from "./training/trainer.ts";
