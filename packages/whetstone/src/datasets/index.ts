/** Small real datasets to learn on. Sources and licences: DATA.md beside this file. */
import * as breastCancer from "./breast-cancer-values.ts";
import { type Dataset, parseDataset } from "./dataset.ts";
import * as diabetes from "./diabetes-values.ts";
import * as digits from "./digits-values.ts";
import * as iris from "./iris-values.ts";
import * as wine from "./wine-values.ts";

export type { Dataset } from "./dataset.ts";

/**
 * Iris flowers: 150 rows, 4 measurements, 3 species of 50 (Fisher 1936).
 *
 * @example
 * const { X, y } = loadIris();
 * X.rows; // 150
 * y[0]; // "setosa"
 */
export function loadIris(): Dataset<"setosa" | "versicolor" | "virginica"> {
  return parseDataset({
    name: "iris",
    names: iris.NAMES,
    values: iris.VALUES,
    targetName: "species",
    classes: ["setosa", "versicolor", "virginica"],
    description: "Sepal and petal measurements of 150 iris flowers of three species (R. A. Fisher, 1936).",
  });
}

/**
 * Italian wines: 178 rows, 13 chemical measurements, 3 cultivars.
 *
 * @example
 * loadWine().X.cols; // 13
 */
export function loadWine(): Dataset<"cultivar 1" | "cultivar 2" | "cultivar 3"> {
  return parseDataset({
    name: "wine",
    names: wine.NAMES,
    values: wine.VALUES,
    targetName: "cultivar",
    classes: ["cultivar 1", "cultivar 2", "cultivar 3"],
    description:
      "Chemical analyses of 178 wines from three cultivars of one region (Aeberhard and Forina, 1991).",
  });
}

/**
 * Wisconsin diagnostic breast cancer: 569 rows, 30 measurements of cell nuclei, 212 malignant and 357 benign.
 *
 * @example
 * loadBreastCancer().y.filter((label) => label === "malignant").length; // 212
 */
export function loadBreastCancer(): Dataset<"malignant" | "benign"> {
  return parseDataset({
    name: "breast-cancer",
    names: breastCancer.NAMES,
    values: breastCancer.VALUES,
    targetName: "diagnosis",
    classes: ["malignant", "benign"],
    description:
      "Measurements of cell nuclei in 569 images of breast masses (Wolberg, Street and Mangasarian, 1995).",
  });
}

/**
 * Handwritten digits: 1797 images of 8 x 8 pixels with values 0 to 16, row by row; labels 0 to 9.
 *
 * @example
 * loadDigits().X.cols; // 64
 */
export function loadDigits(): Dataset<number> {
  return parseDataset({
    name: "digits",
    names: digits.NAMES,
    values: digits.VALUES,
    targetName: "digit",
    classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    description:
      "Handwritten digits of 43 people reduced to 8 x 8 pixels, the test part (Alpaydin and Kaynak, 1998).",
  });
}

/**
 * Diabetes: 442 patients, 10 measurements in their original units, and a score of progression one year later.
 *
 * @example
 * loadDiabetes().y[0]; // 151
 */
export function loadDiabetes(): Dataset<number> {
  return parseDataset({
    name: "diabetes",
    names: diabetes.NAMES,
    values: diabetes.VALUES,
    targetName: "progression",
    classes: null,
    description:
      "Age, sex, body mass index, blood pressure and six blood serum values of 442 patients (Efron et al., 2004).",
  });
}
