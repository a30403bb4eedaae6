import {
  duplicatesAcross,
  GroupKFold,
  KFold,
  nearDuplicateGroups,
  nearDuplicatesAcross,
  type Split,
  similarTexts,
  Table,
} from "whetstone/data";
import { accuracy } from "whetstone/metrics";
import { KNeighborsClassifier } from "whetstone/neighbors";
import { mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/duplicate-detection",
  title: "Rows on both sides of the split: the score of remembering",
  formula: String.raw`J(A,B)=\frac{|A\cap B|}{|A\cup B|}\ge t,\qquad \sqrt{\tfrac1d\textstyle\sum_j\big((x_j-y_j)/s_j\big)^2}\le\varepsilon`,
  ask: "How do duplicates inflate a test score, and how do you find the ones that are not quite equal?",
  answer:
    "A model that remembers gets repeated rows right, so each test row with a twin in training is a free point. Exact twins fall to a hash; near ones need a distance: numbers within a small part of their standard deviation, texts by the share of common shingles. Group all twins and split by group.",
  pitfall:
    "Dropping exact duplicates is not enough: one resent form, a resized image or a rounded number survives it. And compare without identifiers and time stamps, which always differ.",
  level: "medium",
  whenNot:
    "When repeats are real events, such as two equal purchases: they must stay, though grouped in one side of the split. On few rows a plain comparison of all pairs is simpler than an index.",
  followUps: [
    {
      ask: "Which side of the split should a group of twins go to?",
      answer:
        "Either, but whole. Choosing test rows first and dropping their twins from training also works; dropping the test twin makes the test easier or harder than life, so say which you did.",
    },
    {
      ask: "How does MinHash find near duplicates of texts?",
      answer:
        "Keep the smallest hash of a text's shingles for many hash functions: two texts agree in each with probability equal to their Jaccard index. Banding these signatures yields candidate pairs.",
    },
  ],
  derivation: String.raw`Comparing all pairs is quadratic. Two shortcuts lose nothing.

Numbers: a root mean square of at most $\varepsilon$ over $d$ columns is a Euclidean distance of at most $\varepsilon\sqrt d$. Project rows on a few orthonormal directions; a projection never lengthens a distance, so close rows lie in the same or in touching cells of a grid with side $\varepsilon\sqrt d$. Only those pairs are compared.

Texts: if $J(x,y)=\frac{|x\cap y|}{|x\cup y|}\ge t$, then $|x\cap y|\ge t\,|x\cup y|\ge t\,|x|$, and likewise for $y$. Order all shingles from rare to common. If the first $|x|-\lceil t|x|\rceil+1$ of $x$ were all missing from $y$, at most $\lceil t|x|\rceil-1$ could be shared: too few. So the rarest shared shingle lies in that prefix of $x$, and by the same count in that of $y$: an index of prefixes meets every pair, and as rare shingles have short lists, few others.`,
  covers: ["data/duplicate-detection"],
  verifiedAgainst: [
    "all pairs compared one by one, for numbers and for texts",
    "labels that are coin flips, whose true accuracy is 0.5",
  ],
  budget: "quick",
  controls: {
    repeated: slider(0, 0.6, 0.3, { label: "share of rows that are sent twice", step: 0.05 }),
    jitter: slider(0, 0.02, 0.004, { label: "change between the two, in standard deviations", step: 0.002 }),
  },
  run(lab, { repeated, jitter }) {
    const random = lab.random();
    const n = 300;
    /** Labels are coins: nothing can be learned, only remembered. */
    const make = (share: number) => {
      const copies = Math.round(share * n);
      const source = [...range(n), ...range(copies)];
      const noise = () => (jitter === 0 ? 0 : random.uniform(-jitter, jitter));
      const [a, b, c] = [0, 1, 2].map(() => range(n).map(() => random.normal()));
      const label = range(n).map(() => (random.bernoulli() ? "yes" : "no"));
      const pick = (v: readonly number[]) => source.map((i, at) => v[i]! + (at < n ? 0 : noise()));
      return {
        table: Table.fromColumns({ a: pick(a!), b: pick(b!), c: pick(c!) }),
        y: source.map((i) => label[i]!),
        copies,
      };
    };
    const model = new KNeighborsClassifier({ nNeighbors: 1 });
    const score = (table: Table, y: readonly string[], splits: readonly Split[]) =>
      mean(
        splits.map(({ train, test }) => {
          const of = (rows: Int32Array) => Array.from(rows, (i) => y[i]!);
          return accuracy(
            of(test),
            model.fit(table.selectRows(train), of(train)).predict(table.selectRows(test)),
          );
        }),
      );
    const options = { tolerance: 0.025 };
    const folds = new KFold({ nSplits: 5, shuffle: true, seed: lab.seed });
    const judge = (share: number) => {
      const { table, y, copies } = make(share);
      const groups = Array.from(nearDuplicateGroups(table, options));
      const naive = folds.split(table.rows);
      const grouped = new GroupKFold({ nSplits: 5 }).split(table.rows, null, groups);
      const found = (splits: readonly Split[], of: (s: Split) => number) =>
        splits.reduce((sum, s) => sum + of(s), 0);
      return {
        rows: table.rows,
        copies,
        naive: score(table, y, naive),
        grouped: score(table, y, grouped),
        exact: found(naive, (s) => duplicatesAcross(table, s).length),
        near: found(naive, (s) => nearDuplicatesAcross(table, s, options).length),
        left: found(grouped, (s) => nearDuplicatesAcross(table, s, options).length),
      };
    };
    const shares = [0, 0.15, 0.3, 0.45, 0.6];
    const sweep = shares.map(judge);
    const own = judge(repeated);
    lab.plot(
      figure(
        [
          { type: "line", name: "rows split at random", x: shares, y: sweep.map((s) => s.naive) },
          { type: "line", name: "split by group of twins", x: shares, y: sweep.map((s) => s.grouped) },
          { type: "points", name: "rows split at random", x: [repeated], y: [own.naive], size: 6 },
          { type: "points", name: "split by group of twins", x: [repeated], y: [own.grouped], size: 6 },
          { type: "rule", name: "truth: labels are coins", y: 0.5 },
        ],
        {
          x: { label: "share of rows sent twice", percent: true },
          y: { label: "cross-validated accuracy", domain: [0.3, 1] },
          alt: "Accuracy on coin-flip labels rises with the share of repeated rows when rows are split at random, and stays near one half when twins are kept together.",
        },
      ),
    );
    lab.table({
      columns: ["of all test rows", "count"],
      rows: [
        ["rows", own.rows],
        ["equal to a training row", own.exact],
        ["equal or nearly so", own.near],
        ["the same after splitting by group", own.left],
      ],
    });
    const most = sweep.at(-1)!;
    lab.check("60 % sent twice, split at random: accuracy on coins", most.naive, { above: 0.68 });
    lab.check("split by group of twins: accuracy on coins", most.grouped, { equals: 0.5, within: 0.12 });
    // Each of the 2 k twins has its partner in training with probability 4 / 5; a few rows are close by chance.
    lab.check("test rows with a near twin in training, less 2k · 4/5", own.near - 1.6 * own.copies, {
      between: [-0.13 * own.rows, 0.1 * own.rows],
    });
    lab.check("twins on both sides after splitting by group", own.left, { equals: 0 });
    lab.check(
      jitter === 0
        ? "copies are equal: exact matching finds as many"
        : "copies are not equal: exact matching finds",
      jitter === 0 ? own.near - own.exact : own.exact,
      jitter === 0 ? { between: [0, 0.1 * own.rows] } : { equals: 0 },
    );
    const mails = [
      "I was charged twice for my March invoice. Please refund the second payment.",
      "Hello, I was charged twice for my March invoice! Please refund the second payment. Thanks",
      "I was charged twice for my April invoice. Please refund the second payment.",
      "My parcel has not arrived and the tracking page shows nothing since Monday.",
    ];
    const pairs = similarTexts(mails, { similarity: 0.6 });
    lab.table({
      columns: ["text", "nearly the same as", "similarity"],
      rows: pairs.map((p) => [mails[p.row]!, mails[p.twin]!, Number(p.similarity.toFixed(2))]),
      caption: "Five-character shingles: the same words about another month count as a twin too.",
    });
    lab.check("reworded mails found, as row>twin", pairs.map((p) => `${p.row}>${p.twin}`).join(" "), {
      equals: "1>0 2>0 2>1",
    });
  },
});
