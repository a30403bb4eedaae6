import { formatError, type Schema, show } from "../contract/index.ts";
import {
  classesOf,
  ImportedClassifierModel,
  ImportedRegressorModel,
  type ImportOptions,
  type LabelLink,
  type NumberLink,
} from "./imported-model.ts";
import { type Section, sectionsOf } from "./lightgbm-text.ts";
import type { ColumnCode } from "./plain-trees.ts";
import { type Arranged, arrange, type CategorySplit, columnCodes, ensembleOf } from "./source-tree.ts";

const numberLinks: Readonly<Record<string, NumberLink>> = {
  regression: "identity",
  regression_l1: "identity",
  huber: "identity",
  fair: "identity",
  quantile: "identity",
  mape: "identity",
  lambdarank: "identity",
  rank_xendcg: "identity",
  poisson: "exp",
  gamma: "exp",
  tweedie: "exp",
  cross_entropy: "sigmoid",
  cross_entropy_lambda: "log1pExp",
  custom: "identity",
};
const labelLinks: Readonly<Record<string, LabelLink>> = {
  binary: "sigmoid",
  multiclass: "softmax",
  multiclassova: "each",
};

/** What a split does with missing values. */
const missingZero = 1;
const missingNaN = 2;

/**
 * A model that LightGBM saved as text (`booster.save_model("model.txt")`, formats v2 to v4): numeric and category
 * splits, each way of treating missing values, averaged forests (`boosting=rf`), and the objectives for numbers, ranking,
 * two and more labels. A model of a custom objective gives sums of trees. Linear trees are refused.
 *
 * Thresholds are float64 there, so predictions are LightGBM's up to the order of sums; with `multiclassova` its scores
 * are divided by their sum. Objectives for labels give an {@link ImportedClassifierModel}, others an
 * {@link ImportedRegressorModel}.
 *
 * @param text the file's content
 * @param options `classes` names the labels 0, 1, ...
 * @throws WhetstoneError "format", naming what is missing or in the way
 * @example
 * const text = `tree
 * version=v4
 * num_class=1
 * num_tree_per_iteration=1
 * max_feature_idx=0
 * objective=regression
 * feature_names=age
 * tree_sizes=1
 *
 * Tree=0
 * num_leaves=2
 * num_cat=0
 * split_feature=0
 * threshold=30.5
 * decision_type=2
 * left_child=-1
 * right_child=-2
 * leaf_value=1 2
 * leaf_count=5 5
 * shrinkage=1
 *
 * end of trees
 * `;
 * importLightGBM(text).predict([[20], [40]]); // [1, 2]
 */
export function importLightGBM(
  text: string,
  options: ImportOptions = {},
): ImportedRegressorModel | ImportedClassifierModel {
  const where = "importLightGBM";
  const { head, trees: sections } = sectionsOf(text, where);
  const nFeatures = head.integer("max_feature_idx", 0, 2 ** 31 - 2) + 1;
  const classCount = head.integer("num_class", 1, 2 ** 24);
  const outputs = head.has("num_tree_per_iteration")
    ? head.integer("num_tree_per_iteration", 1, 2 ** 24)
    : classCount;
  if (sections.length % outputs !== 0)
    throw formatError(where, `the file holds ${sections.length} trees, expected a multiple of ${outputs}`);
  const names = head.words("feature_names");
  if (names.length !== nFeatures)
    throw formatError(where, `feature_names of the head has ${names.length} entries, expected ${nFeatures}`);
  const missing = new Uint8Array(nFeatures);
  const trees = sections.map((section, t) => readTree(section, nFeatures, missing, where, `tree ${t}`));
  const both = missing.findIndex(
    (bits) => (bits & (1 << missingZero)) !== 0 && (bits & (1 << missingNaN)) !== 0,
  );
  if (both >= 0)
    throw formatError(where, `feature ${both} takes zero as missing in some splits and NaN in others`);
  const columns = columnCodes(trees, nFeatures, where).map((code, j): ColumnCode | null =>
    missing[j]! & (1 << missingZero) ? { values: null, others: false, zeroIsMissing: true } : code,
  );
  const parts = {
    trees: ensembleOf(trees, columns),
    baseline: new Float64Array(outputs),
    scale: head.has("average_output") && sections.length > 0 ? outputs / sections.length : 1,
    columns,
  };
  const schema: Schema = { nFeatures, names, categories: null };
  const words = head.has("objective") ? head.words("objective") : ["custom"];
  const name = words[0] ?? "custom";
  if (Object.hasOwn(labelLinks, name)) {
    if ((name === "binary") !== (outputs === 1))
      throw formatError(where, `the objective ${name} does not fit ${outputs} trees per iteration`);
    const classes = classesOf(outputs === 1 ? 2 : outputs, options, where);
    const slope = name === "multiclass" ? 1 : settingOf(words, "sigmoid", where);
    return new ImportedClassifierModel(schema, classes, labelLinks[name]!, slope, parts);
  }
  if (!Object.hasOwn(numberLinks, name))
    throw formatError(where, `the objective ${show(name)} is none that can be read`);
  if (outputs !== 1)
    throw formatError(where, `the objective ${name} does not fit ${outputs} trees per iteration`);
  const link = words.includes("sqrt") ? "signedSquare" : numberLinks[name]!;
  return new ImportedRegressorModel(schema, link, parts);
}

/** A number after a name in the objective's line, as in "binary sigmoid:1". */
function settingOf(words: readonly string[], key: string, where: string): number {
  const word = words.find((w) => w.startsWith(`${key}:`));
  const found = word === undefined ? 1 : Number(word.slice(key.length + 1));
  if (!(Number.isFinite(found) && found > 0))
    throw formatError(where, `the objective has ${show(word)}, expected a number > 0`);
  return found;
}

/**
 * One tree; notes in `missing` how splits of a column treat missing values, as bits `1 << kind`. Inner nodes come first there, and leaf j is child -j - 1; here it
 * is node `inner` + j.
 */
function readTree(
  section: Section,
  nFeatures: number,
  missing: Uint8Array,
  where: string,
  name: string,
): Arranged {
  if (section.has("is_linear") && section.text("is_linear") !== "0")
    throw formatError(where, `${name} has linear models in its leaves, which are not read`);
  const leaves = section.integer("num_leaves", 1, 2 ** 30);
  const inner = leaves - 1;
  const value = section.numbers("leaf_value", leaves);
  // A tree of one leaf may lack all counts.
  const count = inner === 0 ? new Float64Array(1) : section.numbers("leaf_count", leaves);
  const feature = inner === 0 ? [] : section.integers("split_feature", inner, 0, nFeatures - 1);
  const threshold = inner === 0 ? [] : section.numbers("threshold", inner);
  const left = inner === 0 ? [] : section.integers("left_child", inner, -leaves, inner - 1);
  const right = inner === 0 ? [] : section.integers("right_child", inner, -leaves, inner - 1);
  const decision = section.has("decision_type")
    ? section.integers("decision_type", inner, 0, 255)
    : new Float64Array(inner);
  const gain = section.has("split_gain") ? section.numbers("split_gain", inner) : new Float64Array(inner);
  const categories = readCategories(section);
  const place = (child: number) => (child < 0 ? inner - child - 1 : child);
  const cover = coverOf(inner, left, right, count);
  const none = { feature: -1, threshold: 0, left: 0, right: 0, missingLeft: false, category: null, gain: 0 };
  return arrange(
    inner + leaves,
    (i) => {
      if (i >= inner) return { ...none, value: value[i - inner]!, cover: count[i - inner]! };
      const isCategory = (decision[i]! & 1) !== 0;
      const kind = (decision[i]! >> 2) & 3;
      let category: CategorySplit | null = null;
      if (isCategory) {
        category = categories[threshold[i]!] ?? null;
        if (category === null)
          throw formatError(where, `${name} has no categories for its split ${i} (cat_boundaries)`);
      } else missing[feature[i]!] = missing[feature[i]!]! | (1 << kind);
      // Without a kind of its own a missing value counts as zero; a missing category goes right.
      const asZero = kind !== missingZero && kind !== missingNaN;
      const missingLeft = !isCategory && (asZero ? 0 <= threshold[i]! : (decision[i]! & 2) !== 0);
      return {
        feature: feature[i]!,
        threshold: isCategory ? 0 : threshold[i]!,
        left: place(left[i]!),
        right: place(right[i]!),
        missingLeft,
        category,
        value: 0,
        cover: cover[i]!,
        gain: gain[i]!,
      };
    },
    nFeatures,
    where,
    name,
  );
}

/** Rows of inner nodes: sums over the leaves below. Children of damaged trees may stand anywhere; `arrange` refuses them. */
function coverOf(
  inner: number,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  count: Float64Array,
): Float64Array {
  const cover = new Float64Array(inner);
  const part = (child: number) => (child < 0 ? count[-child - 1]! : cover[child]!);
  // A split's children were made after it.
  for (let i = inner - 1; i >= 0; i--) cover[i] = part(left[i]!) + part(right[i]!);
  return cover;
}

/** Sets of categories that go left: bits of 32-bit words, set c from word `cat_boundaries[c]` on. */
function readCategories(section: Section): CategorySplit[] {
  const sets = section.has("num_cat") ? section.integer("num_cat", 0, 2 ** 30) : 0;
  if (sets === 0) return [];
  const words = section.words("cat_threshold").length;
  const boundaries = section.integers("cat_boundaries", sets + 1, 0, words);
  const bits = section.integers("cat_threshold", words, 0, 2 ** 32 - 1);
  return Array.from({ length: sets }, (_, c) => {
    const named: number[] = [];
    for (let w = boundaries[c]!; w < boundaries[c + 1]!; w++)
      for (let b = 0; b < 32; b++) if ((bits[w]! >>> b) & 1) named.push(32 * (w - boundaries[c]!) + b);
    return { named, namedLeft: true };
  });
}
