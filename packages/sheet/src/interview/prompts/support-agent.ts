import type { Prompt } from "../prompt.ts";

export const supportAgent: Prompt = {
  id: "support-agent",
  group: "find",
  title: "Support agent with retrieval",
  ask: "Build an agent that answers customers from 200,000 help pages and can look up and refund orders.",
  steps: {
    clarify: {
      points: [
        "Which questions it may answer, and which actions need a person.",
        "Languages, channels, and how often pages change.",
        "What a wrong answer costs against a hand-over.",
        "Whether a promise by the agent binds the company: it may.",
      ],
      next: "What should it do when it is not sure?",
    },
    metrics: {
      points: [
        "Solved without a person and not reopened within a week.",
        "Retrieval alone: recall of the right passage among those given.",
        "Share of statements that the cited passages support.",
        "Actions: right tool, right arguments, right refusal, on scripted customers with known orders.",
      ],
      next: "How do you check a model that judges answers?",
      number: {
        calculator: "sample-size",
        ask: "Chats per arm to see the share solved rise from 55 % to 57 %?",
        inputs: { baseline: 55, difference: 2, perDay: 4000 },
        between: [9500, 9900],
        worked:
          "16 · 0.56 · 0.44 / 0.02² ≈ 9,900, exactly 9,700: five days at 4,000 chats, plus the week until reopened.",
      },
    },
    data: {
      points: [
        "Pages split along their headings, with version and rights attached.",
        "A test set from real tickets with the passages that answer them.",
        "Personal data is removed before anything is logged.",
        "Agents' past replies are data on tone, not on truth: policies have changed since.",
      ],
      next: "Two pages contradict each other. Which wins?",
    },
    model: {
      points: [
        "Words and vectors retrieve together, a reranker picks the few that are read.",
        "A general model with retrieval first; tune it only for form and tone.",
        "Tools have typed arguments, limits in code, and ask before they refund.",
        "The order's owner is checked by the tool from the session, never from the chat.",
      ],
      next: "A page says: ignore your instructions. What happens?",
    },
    serving: {
      points: [
        "A fixed beginning of the prompt, so that its cache is used.",
        "A small model takes easy cases, the large one the rest.",
        "Answers stream; each step of the agent has a time and cost limit.",
        "A refund carries a key, so that a retry does not pay twice.",
      ],
      next: "Where does most of the cost lie, and how do you halve it?",
      number: {
        calculator: "call-cost",
        ask: "Cents a call: 6,000 tokens read at $3 a million, half of them cached, 400 written at $15?",
        inputs: { tokensIn: 6000, tokensOut: 400, cached: 50, callsPerDay: 100_000 },
        between: [1.55, 1.62],
        worked:
          "Read 6,000 · 0.55 · $3/10⁶ = 0.99 cents, written 0.6: 1.6 in all, $48,000 a month at 100,000 calls a day.",
      },
    },
    monitoring: {
      points: [
        "Hand-overs, reopened tickets and refunds by day and topic.",
        "A sample read by people every week, against the rubric.",
        "Searches that found nothing: pages that must be written.",
        "Refunds per customer and per agent version, with an alarm on the sum.",
      ],
      next: "The model behind the API changes. How do you notice?",
    },
  },
};
