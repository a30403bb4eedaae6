import { billingDisputes, TextGrammar, textDiversity } from "whetstone/data";
import { card, figure, slider } from "../../index.ts";

export default card({
  id: "data/template-text-generator",
  title: "A hundred billing disputes from rules, and are they varied?",
  formula: String.raw`\text{distinct-}n=\frac{\#\text{ different }n\text{-grams}}{\#\;n\text{-grams}},\qquad \text{self-BLEU}=\frac1N\sum_i\mathrm{BLEU}\big(t_i;\{t_j\}_{j\ne i}\big)`,
  ask: "When do rules write better training texts than a language model, and how do you know they are not all the same?",
  answer:
    "Rules know the truth of each text: who was charged how much, for what reason, with which outcome, so labels are free and right. They cannot surprise. So measure variety: exact and near duplicates, distinct n-grams, self-BLEU, mean similarity of pairs; against real texts of the same number, as all fall when texts grow in number.",
  pitfall:
    "A model trained on template texts learns the template: the sentence that always goes with a label. Vary phrases within each label, share phrases between labels, and test on real texts.",
  level: "medium",
  whenNot:
    "When real texts can be had and labelled, or wording itself is the signal: templates have only the phrases you wrote. A language model gives more variety, with labels that must be checked.",
  followUps: [
    {
      ask: "Why compare distinct-n only at equal numbers of texts?",
      answer:
        "New n-grams get rarer as texts grow in number, so the ratio falls for every source. 100 texts look more varied than 1000 of the same kind.",
    },
    {
      ask: "How do you stop a classifier from learning the template?",
      answer:
        "Share openings, closings and slot phrases between labels, vary order and length, and hold out whole phrases: the test uses wordings that training never had.",
    },
  ],
  derivation: `With $s$ slots of $k$ phrases there are $k^s$ texts, but only $sk$ different phrases. The number of distinct n-grams is bounded by those, whatever the number of texts, so distinct-$n$ falls like $1/N$ once all phrases occurred.

Self-BLEU scores each text against all others as references. Two texts that share a phrase share its n-grams, so it rises with the chance of meeting a phrase again: large for few phrases, smaller for many.

Neither measure sees meaning: a shuffled vocabulary is varied and useless. Agreement of text and record (the amount occurs, a refund is promised exactly when it was given) is checked apart, and holds by construction.`,
  covers: ["data/template-text-generator"],
  verifiedAgainst: [
    "probability of each text of a small grammar, chi-square",
    "self-BLEU of each text against all others, computed one by one",
    "labels and slots found again in the texts",
  ],
  budget: "quick",
  controls: {
    n: slider(20, 300, 100, { label: "conversations", step: 20 }),
    distinctOnly: slider(1, 12, 4, { label: "phrases per slot of the small template" }),
  },
  run(lab, { n, distinctOnly }) {
    const grammar = billingDisputes();
    const made = grammar.sample(n, { seed: lab.seed, distinct: true });
    const texts = made.map((t) => t.text);
    // One sentence with slots: what most people write first.
    const pick = (words: string) => words.split(" ").slice(0, distinctOnly);
    const small = new TextGrammar({
      start: "I was charged {amount} for my {product} in {month} and I want a refund. Please help me {when}.",
      amount: pick("$10 $15 $19 $25 $30 $42 $55 $60 $77 $80 $99 $120"),
      product: pick("phone modem router tv music cloud backup games news insurance card gym"),
      month: pick("January February March April May June July August September October November December"),
      when: pick("today soon now quickly tomorrow please again finally directly already online here"),
    });
    const poorTexts = small.sample(n, { seed: lab.seed }).map((t) => t.text);
    const rich = textDiversity(texts, { seed: lab.seed });
    const poor = textDiversity(poorTexts, { seed: lab.seed });
    const sizes = [10, 20, 40, 80, 160];
    // Only distinct-2 is drawn: near duplicates and pairs are looked for as little as may be.
    const curve = (all: (k: number) => string[]) =>
      sizes.map((k) => textDiversity(all(k), { pairs: 1, similarity: 1 }).distinct[1]);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "rules with slots, moods and outcomes",
            x: sizes,
            y: curve((k) => grammar.sample(k, { seed: lab.seed }).map((t) => t.text)),
          },
          {
            type: "line",
            name: "one sentence with slots",
            x: sizes,
            y: curve((k) => small.sample(k, { seed: lab.seed }).map((t) => t.text)),
          },
        ],
        {
          x: { label: "texts", scale: "log" },
          y: { label: "distinct-2", domain: [0, 1] },
          alt: "Share of different word pairs against the number of texts: it falls for both, and is far lower for the single sentence with slots.",
        },
      ),
    );
    const round = (v: number) => Number(v.toFixed(3));
    const row = (name: string, of: (d: typeof rich) => number) => [name, round(of(rich)), round(of(poor))];
    lab.table({
      columns: ["diversity", "rules", "one sentence"],
      rows: [
        row("distinct-1", (d) => d.distinct[0]),
        row("distinct-2", (d) => d.distinct[1]),
        row("self-BLEU", (d) => d.selfBleu),
        row("mean similarity of pairs", (d) => d.meanSimilarity),
        row("exact duplicates", (d) => d.duplicates),
        row("with a near duplicate", (d) => d.nearDuplicates),
        row("different words", (d) => d.vocabulary),
      ],
    });
    const [first] = made;
    lab.note(first!.text);
    lab.note(
      `reason: ${first!.labels.reason}, outcome: ${first!.labels.outcome}, amount: ${first!.slots.amount}`,
    );

    lab.check("conversations", made.length, { equals: n });
    lab.check("that occur twice", rich.duplicates, { equals: 0 });
    lab.check("share with a near duplicate", rich.nearDuplicates, { atMost: 0.08 });
    lab.check("mean similarity of two conversations", rich.meanSimilarity, { below: 0.13 });
    lab.check("of two fillings of one sentence", poor.meanSimilarity, { above: 0.4 });
    lab.check("distinct-2, rules less one sentence", rich.distinct[1] - poor.distinct[1], { above: 0.02 });
    lab.check("self-BLEU, rules less one sentence", rich.selfBleu - poor.selfBleu, { below: 0 });
    lab.check(
      "every text says the amount and the month of its record",
      made.every((t) => t.text.includes(t.slots.amount!) && t.text.includes(t.slots.month!)),
      { equals: true },
    );
    lab.check(
      "agreement: refunds are promised exactly where the outcome is one",
      made.every((t) => t.text.includes("I have refunded") === (t.labels.outcome === "refund")),
      { equals: true },
    );
    // Weights 5, 3, 2, 2.
    const many = grammar.sample(1000, { seed: lab.seed });
    const refunds = many.filter((t) => t.labels.outcome === "refund").length / 1000;
    lab.check("share of refunds, as the weights say", refunds, { equals: 5 / 12, within: 0.07 });
    const again = grammar.sample(3, { seed: 1 }).map((t) => t.text);
    const same = grammar.sample(3, { seed: 1 }).map((t) => t.text);
    lab.check("same seed, same texts", again.join() === same.join(), { equals: true });
  },
});
