import type { Prompt } from "../prompt.ts";

export const documentAnswers: Prompt = {
  id: "document-answers",
  group: "find",
  title: "Answers from documents",
  ask: "10,000 employees ask questions over 5 million internal documents with access rights. Every answer must cite.",
  steps: {
    clarify: {
      points: [
        "Look-ups, comparisons over many documents, or counts? Retrieval answers the first; the last needs a database.",
        "“I don't know” is an answer. Agree on how often it may be said, and what a wrong one costs.",
        "Rights are per document and change daily: who may not read it may not get an answer from it.",
        "How old an answer may be: minutes for policies, days for archives.",
      ],
      next: "“How many contracts end this year?” What does the system do?",
    },
    metrics: {
      points: [
        "Retrieval alone: recall at k of the passage that answers, on questions with known passages.",
        "Answer: share of claims that the cited passages support, and share of questions answered rightly or declined rightly.",
        "A judging model is itself tested: agreement with people on 200 answers, order swapped, length controlled.",
        "Online: repeated or rephrased questions, opened citations, thumbs as a hint only.",
      ],
      next: "Faithfulness is 98 % and users say that it is wrong. How?",
    },
    data: {
      points: [
        "Parse layout first: tables and headings lost here are lost for good. Scans need OCR with its confidence kept.",
        "Passages of 200 to 500 tokens along headings, title path in front, small overlap, tables whole.",
        "A hash per passage: only changed ones are embedded again, deleted ones leave the index the same day.",
        "Test questions from search logs and experts; made ones repeat the passage's words and flatter retrieval.",
      ],
      next: "Two versions of a policy contradict each other. Which one is cited?",
      number: {
        calculator: "vector-index",
        ask: "GB of vectors: 5 million documents of 8 passages, 1,024 float32 values?",
        inputs: { millions: 40, dims: 1024, bytesPerValue: 4, M: 16 },
        between: [162, 166],
        worked:
          "4·10⁷ · 4,096 B = 164 GB. One byte a value makes it 41, and reranking by the full vectors hides the loss.",
      },
    },
    model: {
      points: [
        "BM25 and dense vectors, fused by 1/(k + rank): names and codes need words, paraphrases need vectors.",
        "A cross-encoder reranks 50 to 100 and keeps 5: more context costs money and buries the middle.",
        "The prompt demands citations by passage id; a check drops claims that no cited passage entails.",
        "Rewriting helps follow-ups (“and in Spain?”); several hops only where tests show it.",
        "Tuning the generator teaches form, not facts. Tune the retriever on your own questions first.",
      ],
      next: "The right passage is in the prompt and the answer is wrong. What do you try, in order?",
    },
    serving: {
      points: [
        "Rights filter inside the search, from the user's groups at query time. Filtering afterwards leaves few, and leaks counts.",
        "Caches are keyed by rights and index version too, or one user reads another's answer.",
        "Stream sentence by sentence, each once its citation is checked; citations open the page at the passage.",
        "Text in documents is data: no tools for the answering call, links and instructions neutralised.",
      ],
      next: "Where do 500 ms go before the first token, and which part would you cut?",
      number: {
        calculator: "latency",
        ask: "99th percentile to the first token: search 60 ± 30, rerank 90 ± 30, reading the prompt 350 ± 120 ms?",
        inputs: {
          retrieve: 60,
          retrieveSd: 30,
          rank: 90,
          rankSd: 30,
          rest: 350,
          restSd: 120,
          limit: 800,
        },
        between: [870, 900],
        worked:
          "Mean 500, deviation √(900 + 900 + 14,400) = 127; 3 deviations up for the skew is 880. Reading is nine tenths of the variance.",
      },
    },
    monitoring: {
      points: [
        "Declined, uncited and unsupported answers by department and topic.",
        "Questions whose best passage scores low: documents to write, or a parser that failed.",
        "A fixed set runs on every change of model, prompt, parser or index; retrieval and answer scored apart.",
        "Cost and tokens a question: long chats and large k creep.",
      ],
      next: "Recall of the fixed set fell 6 points after a reindex. How do you find the cause?",
      number: {
        calculator: "call-cost",
        ask: "Cents a question: 5,000 tokens read at $3 a million, 350 written at $15, no cache?",
        inputs: { tokensIn: 5000, tokensOut: 350, cached: 0, callsPerDay: 50_000 },
        between: [2, 2.05],
        worked:
          "1.5 + 0.525 ≈ 2 cents; at 50,000 questions a day $30,000 a month. Reading is three quarters: cut k first.",
      },
    },
  },
};
