import { bootstrapSampler, marginSampler, syntheticQuality, Table, trainOnSynthetic } from "whetstone/data";
import { KNeighborsClassifier } from "whetstone/neighbors";
import { card, choice, figure, range, slider } from "../../index.ts";

const FAULTS = ["none", "shifted column", "columns drawn apart", "labels shuffled", "copies"] as const;

export default card({
  id: "data/synthetic-quality",
  title: "Four faults of synthetic rows, and the measure that sees each",
  formula: String.raw`D_{KS}=\sup|F-\hat F|,\quad \overline{|\rho-\hat\rho|},\quad \mathrm{MMD}^2,\quad \text{score}(\text{train synth.},\text{test real}),\quad \min_i d(x,x_i^{\text{train}})`,
  ask: "How do you test, against real data, that synthetic data is fit for training?",
  answer:
    "Put real rows aside before fitting the generator. Compare with them: each column (KS, total variation), each pair (correlations), the whole (MMD), and above all train on synthetic and test on real, next to train on real. Then privacy: are synthetic rows nearer to training people than to the people put aside?",
  pitfall:
    "Each measure is blind to something: right columns and pairs can hide a wrong whole, and copies of the training rows pass every test of likeness. Always show the distance between two real samples beside them.",
  level: "hard",
  whenNot:
    "When the rows only test software, their types and ranges suffice. Distance to training rows is no privacy guarantee: for one, use differential privacy and state its ε.",
  followUps: [
    {
      ask: "Why compare with the distance between two real samples?",
      answer:
        "Finite samples of the same law differ too. A KS distance of 0.1 on 150 rows is ordinary; only what exceeds the real-to-real distance is the generator's fault.",
    },
    {
      ask: "Copies pass all tests of likeness: which measure sees them?",
      answer:
        "Nearness: a copy is at distance 0 from a training row and farther from people put aside. A fair generator is nearer to training about half of the time.",
    },
  ],
  derivation: String.raw`Margins: $D_{KS}=\sup|F-\hat F|$ for one column at a time. If every column is drawn apart, all these stay small while $\rho$ is lost; the mean gap of correlations sees that. Shuffled labels keep both, but a model trained on them scores chance on real rows.

$\mathrm{MMD}^2=\mathbb E\,k(x,x')+\mathbb E\,k(y,y')-2\,\mathbb E\,k(x,y)$ is zero only if both laws are equal, for a kernel such as RBF. It sees all joint structure, with less power per aspect.

Privacy: let real rows be split at random into training and put aside. If the generator only learned the law, a synthetic row is equally likely to be nearer to either: share $\tfrac12$. A larger share means that it remembers.`,
  covers: ["data/synthetic-quality"],
  answers: ["q-b-283"],
  verifiedAgainst: [
    "SciPy ks_2samp, spearmanr, Cramér's V; scikit-learn RBF, NearestNeighbors, r2 and AUC of refitted models",
    "tables with one known fault each",
  ],
  budget: "quick",
  controls: {
    fault: choice(FAULTS, "labels shuffled", { label: "fault of the synthetic rows" }),
    n: slider(150, 500, 300, { label: "rows of each table", step: 50 }),
  },
  run(lab, { fault, n }) {
    /** The label is the sign of a product: no column and no pair shows it. */
    const people = (name: string, rows: number) => {
      const random = lab.random(name);
      const a = range(rows).map(() => random.normal());
      const b = range(rows).map(() => random.normal());
      const c = a.map((v) => 0.8 * v + 0.6 * random.normal());
      const label = a.map((v, i) => (v * b[i]! > 0 !== random.bernoulli(0.05) ? "same" : "other"));
      return Table.fromColumns({ a, b, c, label });
    };
    const seed = { seed: lab.seed };
    const faulty = (kind: (typeof FAULTS)[number], rows: number): Table => {
      const fresh = people(`fresh ${kind}`, rows);
      const train = people("train", rows);
      if (kind === "shifted column")
        return fresh.withColumn(
          "b",
          fresh.numbers("b").map((v) => v + 0.8),
        );
      if (kind === "columns drawn apart") return marginSampler().fit(train, seed).sample(rows, seed);
      if (kind === "labels shuffled")
        return fresh.withColumn("label", people("others", rows).strings("label"));
      return kind === "copies" ? bootstrapSampler().fit(train, seed).sample(rows, seed) : fresh;
    };
    const task = { spec: new KNeighborsClassifier({ nNeighbors: 7 }), target: "label" };
    const judge = (kind: (typeof FAULTS)[number], rows = 300) =>
      syntheticQuality(people("train", rows), faulty(kind, rows), people("test", rows), {
        task,
        maxRows: 150,
        seed: lab.seed,
      });
    const shown = faulty(fault, n);
    const label = shown.strings("label");
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: [...shown.numbers("a")],
            y: [...shown.numbers("b")],
            group: label.map((l) => `label ${l}`),
            size: 2.5,
          },
        ],
        {
          square: true,
          x: { label: "a" },
          y: { label: "b" },
          alt: `Synthetic rows with the fault “${fault}”: in faithful rows opposite quadrants share a label.`,
        },
      ),
    );
    const results = Object.fromEntries(FAULTS.map((f) => [f, judge(f)])) as Record<
      (typeof FAULTS)[number],
      ReturnType<typeof judge>
    >;
    const own = judge(fault, n);
    const round = (v: number) => Number(v.toFixed(3));
    const row = (name: string, q: typeof own) => [
      name,
      round(q.marginDistance),
      round(q.associations.distance),
      round(q.discrepancy.unbiased),
      round(q.task!.synthetic),
      round(q.privacy.nearerToTrain),
      round(q.privacy.copies),
    ];
    lab.table({
      columns: [
        "fault",
        "margins",
        "associations",
        "MMD²",
        "score on real rows",
        "nearer to training",
        "copies",
      ],
      rows: [
        ...FAULTS.map((f) => row(f, results[f])),
        [
          "two real tables",
          round(own.baseline.margins),
          round(own.baseline.associations),
          round(own.baseline.discrepancy),
          round(own.task!.real!),
          0.5,
          0,
        ],
      ],
      caption:
        "300 rows each; the last row is what chance alone gives, with as many rows as the slider says.",
    });
    const none = results.none;
    lab.check("faithful rows: margins", none.marginDistance, { below: 0.12 });
    lab.check("associations", none.associations.distance, { below: 0.12 });
    lab.check("MMD²", none.discrepancy.unbiased, { below: 0.012 });
    lab.check("score lost against real training rows", none.task!.gap!, { between: [-0.1, 0.1] });
    lab.check("nearer to training rows", none.privacy.nearerToTrain, { equals: 0.5, within: 0.14 });
    const margin = results["shifted column"].margins.find((m) => m.column === "b")!;
    lab.check("shifted column: its margin", margin.distance, { above: 0.2 });
    const apart = results["columns drawn apart"];
    lab.check("columns drawn apart: margins do not see it", apart.marginDistance, { below: 0.12 });
    lab.check("the pair that differs most", apart.associations.worst!.columns.join(), { equals: "a,c" });
    const shuffled = results["labels shuffled"];
    lab.check("labels shuffled: neither do associations", shuffled.associations.distance, { below: 0.12 });
    lab.check("a model trained on them is a coin on real rows", shuffled.task!.synthetic, {
      equals: 0.5,
      within: 0.16,
    });
    lab.check("while real training rows give", shuffled.task!.real!, { above: 0.76 });
    const copies = results.copies;
    lab.check("copies pass: MMD²", copies.discrepancy.unbiased, { below: 0.02 });
    lab.check("but all are training rows", copies.privacy.copies, { equals: 1 });
    lab.check("nearer to training than to other people", copies.privacy.nearerToTrain, { above: 0.9 });
    // The other way round flatters: tested on rows of the same generator.
    const flattering = trainOnSynthetic(
      task.spec,
      faulty("shifted column", 300),
      faulty("shifted column", 300),
      "label",
    );
    lab.check("scored on the generator's own rows", flattering.synthetic, {
      above: results["shifted column"].task!.synthetic,
    });
  },
});
