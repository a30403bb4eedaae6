import type { Prompt } from "../prompt.ts";

export const moderation: Prompt = {
  id: "moderation",
  group: "decide",
  title: "Content moderation",
  ask: "50 million posts a day in 30 languages: leave, limit, remove, or ask a person. One post in 500 breaks a rule.",
  steps: {
    clarify: {
      points: [
        "Rules by harm: some must never be seen once (abuse of children), others bear a wrong call in either direction.",
        "Before publishing, or after? Reach decides: a post with ten views can wait, a spreading one cannot.",
        "Actions differ in cost: remove, limit, label, review. The threshold belongs to the action, not to the model.",
        "Law: deadlines, reasons given, appeal, reports to authorities.",
      ],
      next: "Which mistake is worse here, and who decides that?",
    },
    metrics: {
      points: [
        "Harm is views of violating posts over all views, from a random sample weighted by views and read by people.",
        "Precision and recall by rule and language at the thresholds in use; recall needs that random sample.",
        "Remove where calibrated p ≥ c/(c + m): c a wrong removal's cost, m a miss's. A lower cut sends to people.",
        "Appeals overturned and hours to action. The share found before a report flatters whoever removes more.",
      ],
      next: "Accuracy is 99.8 %. Are you pleased?",
      number: {
        calculator: "alerts",
        ask: "Precision in % at 0.2 % violations, 90 % recall and 1 % false positives?",
        inputs: { prevalence: 0.2, recall: 90, falsePositives: 1, perDay: 50_000_000 },
        between: [15.2, 15.4],
        worked:
          "Of 1,000,000: 1,800 right, 9,980 wrong, so 15 %. Five of six flags err: flag for review, remove higher up.",
      },
    },
    data: {
      points: [
        "Reviewers' decisions with the rule's version; a changed rule makes old labels wrong.",
        "Labels exist where we looked: add a random slice, and posts just below the threshold.",
        "Two or three readers on a sample; agreement by rule (κ) bounds what the model can reach.",
        "Overturned appeals are gold, and biased to those who appeal.",
      ],
      next: "You have 200 labels in a language with 4 million speakers. What do you do?",
    },
    model: {
      points: [
        "First, hashes of known material: exact and perceptual. Cheap, certain, and no judgement needed.",
        "One multilingual encoder with a head for each rule; text, picture and sound fused, with the account's history.",
        "Large language models for rare or new rules, as labelers and second readers: too dear for every post.",
        "Calibrate each language and rule: one threshold on raw scores punishes dialects.",
      ],
      next: "Users write “unalive” within a week of a new rule. How does the system learn it?",
    },
    serving: {
      points: [
        "A small model reads all; the top percent goes to a larger one, the uncertain to people.",
        "The queue is ordered by expected harm, p × severity × views expected, not by arrival.",
        "A removed post takes its copies along through their hash; a reversed decision brings them back.",
        "Reviewers: blurred pictures, limits on exposure, a second reader for severe cases.",
      ],
      next: "A live stream goes wrong. What is different?",
      number: {
        calculator: "queue",
        ask: "Reviewers at work for 200,000 posts a day (2.31 a second), 40 s each, 80 % busy?",
        inputs: { arrivalRate: 2.315, serviceMs: 40_000, servers: 116, target: 80 },
        between: [116, 116],
        worked:
          "2.315 · 40 s = 93 at work; at 80 % that takes 116 at any hour, some 550 on the payroll. Thresholds set this number.",
      },
    },
    monitoring: {
      points: [
        "Violating views by rule and language each week, from the random sample, with its interval.",
        "False positives by dialect and group; agreement of reviewers with hidden known cases.",
        "Volume and score jumps within the hour (raids, elections), with a person on call.",
        "Overturned appeals by model version; thresholds are re-derived when costs or prevalence move.",
      ],
      next: "Removals in one language doubled overnight. Attack, event or bug?",
    },
  },
};
