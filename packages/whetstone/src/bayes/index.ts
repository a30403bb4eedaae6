export { CategoricalNB, CategoricalNBModel } from "./categorical-nb.ts";
export {
  BernoulliNB,
  BernoulliNBModel,
  ComplementNB,
  ComplementNBModel,
  MultinomialNB,
  MultinomialNBModel,
} from "./count-nb.ts";
export { GaussianNB, GaussianNBModel } from "./gaussian-nb.ts";
export { NaiveBayesModel } from "./naive-bayes.ts";
