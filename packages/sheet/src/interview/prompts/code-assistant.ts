import type { Prompt } from "../prompt.ts";

export const codeAssistant: Prompt = {
  id: "code-assistant",
  title: "Serving a code assistant",
  ask: "Serve completions of a 70-billion-parameter model to 20,000 engineers on your own machines.",
  steps: {
    clarify: {
      points: [
        "Completion while typing or long chats: they differ in latency and length.",
        "Requests at the busiest minute, not on average.",
        "What code may leave, and what may be kept.",
      ],
      next: "Which of the two would you serve with a smaller model?",
    },
    metrics: {
      points: [
        "Accepted completions that are still there after a day.",
        "Time to the first token and time per token, at the 99th percentile.",
        "Cost for each accepted line.",
      ],
      next: "Acceptance rises with shorter completions. Is that good?",
    },
    data: {
      points: [
        "Prompts, what was shown and what became of it, with consent.",
        "Tests that run: repositories with hidden parts to complete.",
        "Secrets and licences filtered before training and on output.",
      ],
      next: "How do you keep test code out of training?",
    },
    model: {
      points: [
        "Grouped-query attention cuts the cache by the share of heads kept.",
        "8- or 4-bit weights where tests show no loss.",
        "A draft model proposes, the large one verifies in one pass.",
      ],
      next: "When does speculative decoding not pay?",
      number: {
        calculator: "model-memory",
        ask: "GB of weights to serve 70 billion parameters in 16 bits?",
        inputs: { billions: 70, bytesPerParameter: 2 },
        between: [139, 141],
      },
    },
    serving: {
      points: [
        "Batches join and leave at every token; the cache lives in pages.",
        "Shared beginnings of prompts are computed once.",
        "Reading prompts and writing tokens compete: separate or interleave them.",
      ],
      next: "What limits the batch: arithmetic, bandwidth or memory?",
      number: {
        calculator: "kv-cache",
        ask: "GB of cache for 32 sequences of 8,192 tokens: 80 layers, 8 KV heads of 128, fp16?",
        inputs: { layers: 80, kvHeads: 8, headDim: 128, tokens: 8192, batch: 32 },
        between: [80, 92],
      },
    },
    monitoring: {
      points: [
        "Queue length, cache use and preempted sequences on each machine.",
        "Acceptance by language and editor version.",
        "A fixed set of tasks runs after every change of weights or kernels.",
      ],
      next: "The first token takes twice as long since Monday. Where do you look?",
    },
  },
};
