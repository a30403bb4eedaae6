import type { Prompt } from "../prompt.ts";

export const codeAssistant: Prompt = {
  id: "code-assistant",
  group: "plan",
  title: "Serving a code assistant",
  ask: "Serve completions of a 70-billion-parameter model to 20,000 engineers on your own machines.",
  steps: {
    clarify: {
      points: [
        "Completion while typing or long chats: they differ in latency and length.",
        "Requests at the busiest minute, not on average.",
        "What code may leave, and what may be kept.",
        "Which machines there are: memory and bandwidth of a GPU decide the split.",
      ],
      next: "Which of the two would you serve with a smaller model?",
    },
    metrics: {
      points: [
        "Accepted completions that are still there after a day.",
        "Time to the first token and time per token, at the 99th percentile.",
        "Requests a second that meet both limits (goodput), not tokens a second.",
        "Cost for each accepted line.",
      ],
      next: "Acceptance rises with shorter completions. Is that good?",
    },
    data: {
      points: [
        "Prompts, what was shown and what became of it, with consent.",
        "Tests that run: repositories with hidden parts to complete.",
        "Context is retrieved: open files, imports, symbols; the cursor is in the middle, so code follows it too.",
        "Secrets and licences filtered before training and on output.",
      ],
      next: "How do you keep test code out of training?",
    },
    model: {
      points: [
        "Grouped-query attention: 8 key-value heads for 64 query heads make the cache an eighth.",
        "8- or 4-bit weights where tests show no loss.",
        "A draft model proposes, the large one verifies in one pass; with exact rejection the distribution is unchanged.",
        "Split each matrix over the GPUs of one machine; between machines split layers.",
      ],
      next: "When does speculative decoding not pay?",
      number: {
        calculator: "model-memory",
        ask: "GB of weights to serve 70 billion parameters in 16 bits?",
        inputs: { billions: 70, bytesPerParameter: 2 },
        between: [139, 141],
        worked:
          "70 · 2 = 140 GB: two GPUs of 80 GB hold it with nothing left for a cache, so four, or 8 bits.",
      },
    },
    serving: {
      points: [
        "Batches join and leave at every token; the cache lives in pages.",
        "Shared beginnings of prompts are computed once.",
        "Reading prompts is bound by arithmetic, writing tokens by bandwidth: separate or interleave them.",
        "A keystroke cancels the request before it; a cancelled one leaves the batch at once.",
      ],
      next: "What limits the batch: arithmetic, bandwidth or memory?",
      number: {
        calculator: "kv-cache",
        ask: "GB of cache for 32 sequences of 8,192 tokens: 80 layers, 8 KV heads of 128, fp16?",
        inputs: { layers: 80, kvHeads: 8, headDim: 128, tokens: 8192, batch: 32, bytesPerValue: 2 },
        between: [85, 87],
        worked:
          "2 · 80 · 8 · 128 · 2 B = 328 kB a token, and 262,144 tokens make 86 GB. With the weights 226: four GPUs of 80 GB.",
      },
    },
    monitoring: {
      points: [
        "Queue length, cache use and preempted sequences on each machine.",
        "Acceptance by language and editor version.",
        "Share of prompt tokens found in the cache; it falls when a template changes.",
        "A fixed set of tasks runs after every change of weights or kernels.",
      ],
      next: "The first token takes twice as long since Monday. Where do you look?",
    },
  },
};
