export {
  StackingClassifier,
  StackingClassifierModel,
  StackingRegressor,
  StackingRegressorModel,
} from "./stacking.ts";
export { VotingClassifier, VotingClassifierModel, VotingRegressor, VotingRegressorModel } from "./voting.ts";
