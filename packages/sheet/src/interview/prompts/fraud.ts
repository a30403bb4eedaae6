import type { Prompt } from "../prompt.ts";

export const fraud: Prompt = {
  id: "fraud",
  group: "decide",
  title: "Payment fraud",
  ask: "Decide for 2,000 card payments a second whether to pass, challenge or refuse each.",
  steps: {
    clarify: {
      points: [
        "What a missed fraud costs, and what a refused customer costs: both grow with the amount.",
        "A challenge is a third action: it loses some honest buyers, and moves liability to the card's bank.",
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
        "Recall at the number of cases that review can read in a day.",
      ],
      next: "Why is ROC AUC flattering here?",
      number: {
        calculator: "alerts",
        ask: "Precision in % at 0.1 % fraud, 80 % recall and 0.5 % false positives?",
        inputs: { prevalence: 0.1, recall: 80, falsePositives: 0.5, perDay: 173_000_000 },
        between: [13.7, 13.9],
        worked:
          "Of 1,000,000: 800 right, 4,995 wrong, so 14 %. ROC shows a corner at (0.5 %, 80 %); six of seven flags hit the honest.",
      },
    },
    data: {
      points: [
        "Labels come weeks later as chargebacks: leave the last weeks out or model the delay.",
        "Refused payments have no label: let a few pass at random, and weight them by 1 / that chance.",
        "Counts by card, device and merchant over sliding windows, as of the payment.",
        "Split by time with a gap as long as labels take, and report cards never seen before apart.",
      ],
      next: "How would a graph of shared devices help?",
      number: {
        calculator: "storage",
        ask: "TB for a year of 173 million payments a day, 200 values of 4 bytes, three copies?",
        inputs: { millions: 173, columns: 200, bytesPerValue: 4, days: 365, copies: 3 },
        between: [150, 153],
        worked:
          "2,000 a second is 173 million a day; at 800 B that is 138 GB, and 365 · 3 times that is 150 TB raw.",
      },
    },
    model: {
      points: [
        "Boosted trees on tabular windows; rules for what is known and must be explained.",
        "Keep natural frequencies or correct for resampling, then calibrate.",
        "A second model for unseen patterns feeds review, not refusal.",
        "Challenge where expected loss exceeds the cost of a challenge, refuse where it exceeds a lost sale.",
      ],
      next: "What does SMOTE do to the probabilities?",
    },
    serving: {
      points: [
        "Windows are updated by the stream and read by key in a millisecond.",
        "On a time-out, rules decide: the payment never waits for the model.",
        "New models shadow the old one first, then take a share of cards, not of payments.",
        "Features are logged as they were read: training uses those, so serving cannot differ.",
      ],
      next: "What if the feature store is a minute behind?",
      number: {
        calculator: "queue",
        ask: "Replicas for 2,000 payments a second at 15 ms each, planned at 60 %?",
        inputs: { arrivalRate: 2000, serviceMs: 15, servers: 50, target: 60 },
        between: [50, 50],
        worked:
          "Little: 2,000 · 0.015 s = 30 at work; at 60 % that takes 50. With 50 that share a queue, waits are next to none.",
      },
    },
    monitoring: {
      points: [
        "Scores and refusals by country and merchant, hour by hour: labels are too late.",
        "Attackers adapt: retrain often and watch recall on fresh cases.",
        "Review queues report precision days before chargebacks do.",
        "Refused customers who call and prove to be honest: the cost that no chargeback shows.",
      ],
      next: "Refusals double overnight. What do you look at first?",
    },
  },
};
