import type { Prompt } from "../prompt.ts";

export const churn: Prompt = {
  id: "churn",
  group: "decide",
  title: "Customers about to leave",
  ask: "A subscription with 2 million customers loses 3 % of them a month. Whom do we offer what, and does it pay?",
  steps: {
    clarify: {
      points: [
        "The decision is an offer. It needs the effect of the offer, not only the risk of leaving.",
        "Define leaving: contract cancelled, payment failed, or silent for 30 days. Each has another remedy.",
        "Time to act: predict at day 0 who leaves in days 8 to 37, or the offer comes too late.",
        "Margin, cost of an offer, budget, and what law says about prices that differ by person.",
      ],
      next: "Your riskiest customers leave whatever you do. What is the model worth?",
    },
    metrics: {
      points: [
        "Money: customers kept that would have left × margin, less offers to all who took them, against random control.",
        "Offline, from a randomised campaign: Qini or uplift at the top tenth, since nobody's own effect is seen.",
        "For the risk model: lift at the capacity of the campaign and calibration; ROC AUC picks no one.",
        "An offer of $10 to all, a kept customer worth $200: below 5 points of uplift it loses money.",
      ],
      next: "Churn among those contacted is higher than among the rest. Did the campaign harm?",
      number: {
        calculator: "sample-size",
        ask: "Customers in each arm to see churn fall from 3 % to 2.7 %?",
        inputs: { baseline: 3, difference: -0.3, perDay: 100_000 },
        between: [47_000, 49_500],
        worked:
          "16 · 0.0285 · 0.9715 / 0.003² ≈ 49,000 in each: a control of 2.5 % of all customers is about enough.",
      },
    },
    data: {
      points: [
        "One row is a customer at a date, features up to it, label after the gap; several dates, split by time and customer.",
        "Leaks: the cancel page, a final bill, fields written when the account closes.",
        "Trend beats level: use this month over one's own last three; failed payments, tickets, plan's end.",
        "Earlier offers changed the labels: keep who was treated and why, and an untreated random group.",
      ],
      next: "AUC is 0.99. What do you suspect first?",
    },
    model: {
      points: [
        "Boosted trees on snapshots for the risk; a hazard by month of tenure where the time of leaving matters.",
        "Uplift from randomised offers: T-learner to start, X-learner where few were treated.",
        "Persuadables get the offer; sure things cost money, lost causes waste it, sleeping dogs wake up.",
        "Rank by uplift × value − cost, and stop at zero or at the budget.",
      ],
      next: "No randomised campaign exists yet. What do you do in the first month?",
      number: {
        calculator: "alerts",
        ask: "% of leavers in the top tenth, if it holds half of the 3 % who leave (8.8 % of the rest flagged)?",
        inputs: { prevalence: 3, recall: 50, falsePositives: 8.8, perDay: 2_000_000 },
        between: [14.8, 15.1],
        worked:
          "Half of 3 % in 10 %: 15 %, a lift of 5. Even here 85 of 100 offers go to people who would have stayed.",
      },
    },
    serving: {
      points: [
        "A batch each night writes score, uplift and reasons; the campaign tool reads a table.",
        "Events with no time to lose (failed payment, cancel page opened) trigger a rule or a small model at once.",
        "Chance of treatment is logged for everyone, so that the next model can be trained and judged.",
        "Limits on contact: one offer a quarter, none during an open complaint.",
      ],
      next: "The call centre reaches 500 people a day. Who are they?",
    },
    monitoring: {
      points: [
        "A control group that is never treated, for as long as the programme runs: its churn is the yardstick.",
        "Labels come a month late: until then watch score drift, offer uptake, mix of plans.",
        "Customers learn to threaten: share of discounts among loyal ones, repeat takers.",
        "Uplift by decile each quarter; a flat curve means that the risk model would do as well.",
      ],
      next: "Uplift has halved since spring, AUC has not moved. Why?",
    },
  },
};
