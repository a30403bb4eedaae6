import type { Prompt } from "../prompt.ts";

export const supportAgent: Prompt = {
  id: "support-agent",
  title: "Support agent with retrieval",
  ask: "Build an agent that answers customers from 200,000 help pages and can look up and refund orders.",
  steps: {
    clarify: {
      points: [
        "Which questions it may answer, and which actions need a person.",
        "Languages, channels, and how often pages change.",
        "What a wrong answer costs against a hand-over.",
      ],
      next: "What should it do when it is not sure?",
    },
    metrics: {
      points: [
        "Solved without a person and not reopened within a week.",
        "Retrieval alone: recall of the right passage among those given.",
        "Share of statements that the cited passages support.",
      ],
      next: "How do you check a model that judges answers?",
    },
    data: {
      points: [
        "Pages split along their headings, with version and rights attached.",
        "A test set from real tickets with the passages that answer them.",
        "Personal data is removed before anything is logged.",
      ],
      next: "Two pages contradict each other. Which wins?",
    },
    model: {
      points: [
        "Words and vectors retrieve together, a reranker picks the few that are read.",
        "A general model with retrieval first; tune it only for form and tone.",
        "Tools have typed arguments, limits in code, and ask before they refund.",
      ],
      next: "A page says: ignore your instructions. What happens?",
    },
    serving: {
      points: [
        "A fixed beginning of the prompt, so that its cache is used.",
        "A small model takes easy cases, the large one the rest.",
        "Answers stream; each step of the agent has a time and cost limit.",
      ],
      next: "Where does most of the cost lie, and how do you halve it?",
      number: {
        calculator: "call-cost",
        ask: "Cents a call: 6,000 tokens read at $3, half of them cached, 400 written at $15?",
        inputs: { tokensIn: 6000, tokensOut: 400, cached: 50, callsPerDay: 100000 },
        between: [1.4, 1.8],
      },
    },
    monitoring: {
      points: [
        "Hand-overs, reopened tickets and refunds by day and topic.",
        "A sample read by people every week, against the rubric.",
        "Searches that found nothing: pages that must be written.",
      ],
      next: "The model behind the API changes. How do you notice?",
    },
  },
};
