/** Named datasets behind a `dataset` control. A module of its own: only labs that offer data load the values. */
import { type Dataset, loadBreastCancer, loadDiabetes, loadIris, loadWine } from "whetstone/datasets";
import type { BuiltIn, LabData } from "./controls.ts";

const LOADERS: Readonly<Record<BuiltIn, () => Dataset<string> | Dataset<number>>> = {
  iris: loadIris,
  wine: loadWine,
  "breast cancer": loadBreastCancer,
  diabetes: loadDiabetes,
};

export function builtInData(name: BuiltIn): LabData {
  const { X, y, featureNames, targetName } = LOADERS[name]();
  return { name, X, y: [...y], columns: featureNames, target: targetName, own: false };
}
