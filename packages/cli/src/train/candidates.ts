import type { ParamTable, Spec, TransformerSpec } from "whetstone/contract";
import {
  type ColumnStep,
  ColumnTransformer,
  DateFeatures,
  type DatePart,
  levelsOf,
  OneHotEncoder,
  Pipeline,
  SimpleImputer,
  StandardScaler,
  type Table,
  TargetEncoder,
} from "whetstone/data";
import { DummyClassifier, DummyRegressor } from "whetstone/dummy";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "whetstone/ensemble";
import { LogisticRegression, Ridge } from "whetstone/linear";
import type { Target } from "./target.ts";

/** One model to try: all its preprocessing is part of it, so that folds fit it on their own rows. */
export interface Candidate {
  readonly name: string;
  /** What it does, for the card. */
  readonly description: string;
  readonly pipeline: Pipeline;
  readonly isBaseline: boolean;
}

/** Most levels that become a column each; categories with more are encoded by the target. */
const MOST_ONE_HOT = 30;
/** Most columns of 0 and 1 altogether. */
const MOST_ONE_HOT_COLUMNS = 500;
/** Most levels that the trees take as they are; they have 255 bins. */
const MOST_NATIVE = 200;
const DAY = 86_400_000;

/** Columns by how they are treated. */
interface Groups {
  readonly numbers: readonly string[];
  readonly dates: readonly string[];
  readonly oneHot: readonly string[];
  readonly native: readonly string[];
  readonly encodedForLinear: readonly string[];
  readonly encodedForTrees: readonly string[];
}

export function candidates(
  table: Table,
  features: readonly string[],
  target: Target,
  seed: number,
): Candidate[] {
  const X = table.select(features);
  const groups = groupColumns(X);
  const n = X.rows;
  const isClassification = target.task === "classification";
  const encoder = new TargetEncoder({
    target: isClassification ? "classes" : "continuous",
    cv: n < 50 ? 2 : 5,
    seed,
  });
  const dates = new DateFeatures({ features: dateParts(X, groups.dates) });
  const trees = new ColumnTransformer({
    transformers: [
      ["encoded", encoder, groups.encodedForTrees],
      ["numbers", "passthrough", groups.numbers],
      ["dates", dates, groups.dates],
      ["categories", "passthrough", groups.native],
    ],
  });
  const boosting = {
    seed,
    minSamplesLeaf: Math.max(2, Math.min(20, Math.floor(n / 20))),
    // Below this, holding rows back to know when to stop costs more than it saves.
    ...(n < 1000
      ? { maxIter: 100, learningRate: 0.06, maxLeafNodes: 15, earlyStopping: false }
      : {
          maxIter: 400,
          earlyStopping: true,
          nIterNoChange: 20,
          validationFraction: n < 20_000 ? 0.15 : 0.1,
        }),
  };
  return [
    {
      name: "baseline",
      description: isClassification
        ? "answers with the shares of the classes, whatever the row"
        : "answers with the mean of the target, whatever the row",
      pipeline: pipeline(trees, isClassification ? new DummyClassifier() : new DummyRegressor()),
      isBaseline: true,
    },
    {
      name: isClassification ? "logistic regression" : "ridge regression",
      description:
        "numbers: median for missing values (with a column that says so), scaled; categories: a column each, rare ones together" +
        (groups.encodedForLinear.length > 0 ? ", and by their target mean where they are many" : "") +
        (groups.dates.length > 0 ? "; dates: their parts" : ""),
      pipeline: linearPipeline(X, groups, encoder, dates, target),
      isBaseline: false,
    },
    {
      name: "boosted trees",
      description:
        "histogram gradient boosting; missing values and categories as they are" +
        (groups.encodedForTrees.length > 0 ? ", categories with very many values by their target mean" : "") +
        (groups.dates.length > 0 ? "; dates: their parts" : ""),
      pipeline: pipeline(
        trees,
        isClassification
          ? new HistGradientBoostingClassifier(boosting)
          : new HistGradientBoostingRegressor(boosting),
      ),
      isBaseline: false,
    },
  ];
}

function pipeline(columns: TransformerSpec<ParamTable>, model: unknown): Pipeline {
  return new Pipeline({
    steps: [
      ["columns", columns],
      ["model", model as Spec<ParamTable>],
    ],
  });
}

/**
 * Columns encoded by the target, numbers and date parts come first: these have known positions, so that the
 * next steps can fill and scale them and leave columns of 0 and 1 alone.
 */
function linearPipeline(
  X: Table,
  groups: Groups,
  encoder: TargetEncoder,
  dates: DateFeatures,
  target: Target,
): Pipeline {
  const classes = target.classes.length;
  const perEncoded = target.task === "classification" && classes > 2 ? classes : 1;
  const parts = dates.params.features?.length ?? 0;
  const continuous =
    groups.encodedForLinear.length * perEncoded + groups.numbers.length + groups.dates.length * parts;
  const positions = Array.from({ length: continuous }, (_, j) => j);
  const steps: [string, TransformerSpec<ParamTable>][] = [
    [
      "columns",
      new ColumnTransformer({
        transformers: [
          ["encoded", encoder, groups.encodedForLinear],
          ["numbers", "passthrough", groups.numbers],
          ["dates", dates, groups.dates],
          [
            "categories",
            new OneHotEncoder({
              handleUnknown: "infrequent",
              drop: "ifBinary",
              minFrequency: Math.max(1, Math.min(10, Math.floor(X.rows / 100))),
              maxCategories: MOST_ONE_HOT,
            }),
            groups.oneHot,
          ],
        ],
      }),
    ],
  ];
  if (continuous > 0) {
    const rest = (name: string, spec: TransformerSpec<ParamTable>): [string, TransformerSpec<ParamTable>] => [
      name,
      new ColumnTransformer({
        transformers: [[name, spec, positions] satisfies ColumnStep],
        remainder: "passthrough",
      }),
    ];
    steps.push(
      rest("fill", new SimpleImputer({ strategy: "median", addIndicator: true })),
      rest("scale", new StandardScaler()),
    );
  }
  const model = target.task === "classification" ? new LogisticRegression() : new Ridge();
  return new Pipeline({ steps: [...steps, ["model", model as unknown as Spec<ParamTable>]] });
}

function groupColumns(X: Table): Groups {
  const levels = (name: string) => levelsOf(X.column(name)).values.length;
  const ofKind = (...kinds: string[]) => X.names.filter((name) => kinds.includes(X.kind(name)));
  const words = ofKind("category", "text").map((name) => ({
    name,
    levels: levels(name),
    kind: X.kind(name),
  }));
  const oneHot = new Set<string>();
  let width = 0;
  for (const word of words.slice().sort((a, b) => a.levels - b.levels)) {
    if (word.levels > MOST_ONE_HOT || width + word.levels > MOST_ONE_HOT_COLUMNS) break;
    oneHot.add(word.name);
    width += word.levels;
  }
  const native = new Set(
    words.filter((w) => w.kind === "category" && w.levels <= MOST_NATIVE).map(({ name }) => name),
  );
  const names = words.map(({ name }) => name);
  return {
    numbers: ofKind("number", "boolean"),
    dates: ofKind("date"),
    oneHot: names.filter((name) => oneHot.has(name)),
    native: names.filter((name) => native.has(name)),
    encodedForLinear: names.filter((name) => !oneHot.has(name)),
    encodedForTrees: names.filter((name) => !native.has(name)),
  };
}

function dateParts(X: Table, names: readonly string[]): DatePart[] {
  const timed = names.some((name) => X.numbers(name).some((v) => !Number.isNaN(v) && v % DAY !== 0));
  const parts: DatePart[] = ["year", "month", "day", "dayOfWeek", "isWeekend", "days"];
  return timed ? [...parts, "hour"] : parts;
}
