import * as capacity from "whetstone/capacity";
import { type Calculator, field, result } from "../calculator.ts";

/** What a test, a threshold or a forecast is worth. */
export const DECISIONS: readonly Calculator[] = [
  {
    id: "sample-size",
    title: "Sample size of an A/B test",
    says: "Two-sided test of two rates: about 16 p(1 − p)/δ² users in each variant.",
    fields: [
      field("baseline", "Rate today", 5, "%"),
      field("difference", "Change to detect", 1, "points"),
      field("power", "Power", 80, "%"),
      field("alpha", "False positives", 5, "%"),
      field("perDay", "Users a day, both", 10000),
    ],
    compute({ baseline, difference, power, alpha, perDay }) {
      const size = capacity.sampleSizeProportions({
        baseline: baseline! / 100,
        difference: difference! / 100,
        power: power! / 100,
        alpha: alpha! / 100,
      });
      return [
        result("Users per variant", size.perVariant),
        result("Rule of 16", size.ruleOf16),
        ...(perDay! > 0 ? [result("Days to run", size.total / perDay!, "days")] : []),
      ];
    },
  },
  {
    id: "alerts",
    title: "Flags at low prevalence",
    says: "Bayes' rule: of those flagged, the share that is right falls with prevalence, however good the detector.",
    fields: [
      field("prevalence", "Positives", 0.5, "%"),
      field("recall", "Recall", 80, "%"),
      field("falsePositives", "Flagged of the rest", 2, "%"),
      field("perDay", "Cases a day", 100000),
    ],
    compute({ prevalence, recall, falsePositives, perDay }) {
      const load = capacity.alertLoad({
        prevalence: prevalence! / 100,
        recall: recall! / 100,
        falsePositiveRate: falsePositives! / 100,
      });
      return [
        result("Precision", 100 * load.precision, "%"),
        result("Flagged a day", load.flagged * perDay!),
        result("Missed a day", load.missed * perDay!),
        result("Lift", load.lift, "times"),
      ];
    },
  },
  {
    id: "order",
    title: "Order from a forecast",
    says: "The newsvendor's quantile, shortage / (shortage + leftover), of demand over the days that one order covers.",
    fields: [
      field("mean", "Forecast a day", 20),
      field("sd", "Its error, deviation", 8),
      field("days", "Days covered", 4),
      field("shortage", "Cost of one too few", 3, "$"),
      field("leftover", "Cost of one too many", 1, "$"),
    ],
    compute({ mean, sd, days, shortage, leftover }) {
      const plan = capacity.orderQuantity({
        mean: mean!,
        sd: sd!,
        periods: days!,
        shortage: shortage!,
        leftover: leftover!,
      });
      return [
        result("Stock up to", plan.quantity),
        result("Covers demand in", 100 * plan.level, "%"),
        result("Safety stock", plan.safetyStock),
        result("Short, on average", plan.expectedShort),
        result("Left over, on average", plan.expectedLeft),
      ];
    },
  },
];
