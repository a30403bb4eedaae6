import type { Prompt } from "../prompt.ts";

export const fraud: Prompt = {
  id: "fraud",
  title: "Payment fraud",
  ask: "Decide for 2,000 card payments a second whether to pass, challenge or refuse each.",
  steps: {
    clarify: {
      points: [
        "What a missed fraud costs, and what a refused customer costs.",
        "Who may override, and what law says about reasons.",
        "The decision takes place inside the payment: tens of milliseconds.",
      ],
      next: "Who pays for a chargeback here?",
    },
    metrics: {
      points: [
        "Expected money lost at the chosen thresholds, challenges included.",
        "Precision and recall by amount; accuracy says nothing at 0.1 % fraud.",
        "Calibration, since thresholds follow from costs.",
      ],
      next: "Why is ROC AUC flattering here?",
    },
    data: {
      points: [
        "Labels come weeks later as chargebacks: leave the last weeks out or model the delay.",
        "Refused payments have no label; let a few pass at random.",
        "Counts by card, device and merchant over sliding windows, as of the payment.",
      ],
      next: "How would a graph of shared devices help?",
      number: {
        calculator: "storage",
        ask: "A year of 173 million payments a day, 200 values of 4 bytes, three copies?",
        inputs: { millions: 173, columns: 200, bytesPerValue: 4, days: 365, copies: 3 },
        between: [120, 180],
      },
    },
    model: {
      points: [
        "Boosted trees on tabular windows; rules for what is known and must be explained.",
        "Keep natural frequencies or correct for resampling, then calibrate.",
        "A second model for unseen patterns feeds review, not refusal.",
      ],
      next: "What does SMOTE do to the probabilities?",
    },
    serving: {
      points: [
        "Windows are updated by the stream and read by key in a millisecond.",
        "On a time-out, rules decide: the payment never waits for the model.",
        "New models shadow the old one first.",
      ],
      next: "What if the feature store is a minute behind?",
      number: {
        calculator: "queue",
        ask: "Replicas for 2,000 payments a second at 15 ms each, planned at 60 %?",
        inputs: { arrivalRate: 2000, serviceMs: 15, servers: 50, target: 60 },
        between: [50, 50],
      },
    },
    monitoring: {
      points: [
        "Scores and refusals by country and merchant, hour by hour: labels are too late.",
        "Attackers adapt: retrain often and watch recall on fresh cases.",
        "Review queues report precision days before chargebacks do.",
      ],
      next: "Refusals double overnight. What do you look at first?",
    },
  },
};
