import {
  billingDisputes,
  bootstrapSampler,
  conditionalSampler,
  copulaSampler,
  densitySampler,
  grammarSampler,
  marginSampler,
  Pipeline,
  type SamplerSpec,
  StandardScaler,
  simulatorSampler,
  Table,
  trainOnSynthetic,
  validateSampler,
} from "whetstone/data";
import { loadBreastCancer } from "whetstone/datasets";
import { LogisticRegression } from "whetstone/linear";
import { randomStream } from "whetstone/math";
import { GaussianMixture } from "whetstone/mixture";
import { card, choice, figure, range, slider } from "../../index.ts";

const NAMES = ["rules of thumb", "columns apart", "copula", "copula per class", "mixture", "copies"] as const;

export default card({
  id: "data/synthetic-data",
  title: "Six ways to make rows, one interface, judged on real rows",
  formula: String.raw`\text{fit}(T_{\text{train}})\to S,\qquad \tilde T=S.\text{sample}(n),\qquad \text{judge}(\tilde T\mid T_{\text{test}})`,
  ask: "You need more data than you have: which generators are there, and how do you choose between them?",
  answer:
    "Rules or a simulator where you know how rows come about; a copula or a mixture where you have a table; GANs, diffusion and language models for images and text. All are fit on training rows and then sample. Choose by what counts: a model trained on the rows and tested on real ones, likeness, and distance to real people.",
  pitfall:
    "Synthetic rows hold no more knowledge than the rows and rules behind them: they cannot replace real test rows, and a generator fitted before the split leaks the test set into training.",
  level: "medium",
  whenNot:
    "When more real rows can be had, get those. When the generator must know more than the rows it was fitted on: it cannot. For rare classes, weights or thresholds come first.",
  followUps: [
    {
      ask: "How do you choose between two generators?",
      answer:
        "Train the same model on each one's rows and test on real held-out rows, beside the score of real training rows; then compare likeness and the distance to training people.",
    },
    {
      ask: "When does adding synthetic rows to real ones help?",
      answer:
        "When they carry knowledge from outside, such as rules, physics or another data set, or act as a regulariser on few rows. From a generator fitted on the same rows the gain is usually small.",
    },
  ],
  derivation: String.raw`Let $\theta$ be the law of the world, $T$ the training rows, $S$ the fitted sampler, $\tilde T$ what it draws. Each is made from the one before: $\theta\to T\to S\to\tilde T$. By the data-processing inequality $I(\theta;\tilde T)\le I(\theta;T)$: synthetic rows tell no more about the world than the rows behind them, however many are drawn. What a generator can add is knowledge from elsewhere: rules, physics, other data it was trained on.

The same chain says why the split comes first. If $S$ was fitted on test rows too, $\tilde T$ depends on them, and a model trained on $\tilde T$ has seen the test.

The interface is two calls: $\text{fit}(T)$ gives a sampler $S$, $\text{sample}(n)$ gives a table. Any object with them takes part, so a network or a language model is judged in the same way.`,
  covers: ["data/synthetic-data"],
  verifiedAgainst: [
    "margins and associations of 5000 other rows from a known population, for every sampler",
    "scikit-learn for the measures (see synthetic-data quality metrics)",
  ],
  budget: "quick",
  controls: {
    generator: choice(NAMES, "mixture", { label: "generator to look at" }),
    components: slider(2, 12, 4, { label: "components of the mixture" }),
  },
  run(lab, { generator, components }) {
    const full = loadBreastCancer().table();
    const table = full.select([
      "mean radius",
      "mean texture",
      "mean concavity",
      "mean smoothness",
      "diagnosis",
    ]);
    /** What a doctor might write down: two types of tumour, each column on its own. */
    const rules = simulatorSampler("rules of thumb", (n, seed) => {
      const random = randomStream(seed);
      const ill = Array.from({ length: n }, () => random.bernoulli(0.4));
      const column = (good: number, bad: number, sd: number) =>
        Float64Array.from(ill, (i) => Math.max(0, random.normal(i ? bad : good, sd)));
      return Table.fromColumns({
        "mean radius": column(12, 17, 2.5),
        "mean texture": column(18, 22, 4),
        "mean concavity": column(0.05, 0.16, 0.05),
        "mean smoothness": column(0.09, 0.1, 0.013),
        diagnosis: ill.map((i) => (i ? "malignant" : "benign")),
      });
    });
    const mixture = new GaussianMixture({ nComponents: components, regCovar: 1e-3, seed: lab.seed });
    const specs: Record<(typeof NAMES)[number], SamplerSpec> = {
      "rules of thumb": rules,
      "columns apart": marginSampler(),
      copula: copulaSampler(),
      "copula per class": conditionalSampler("diagnosis", copulaSampler()),
      mixture: conditionalSampler("diagnosis", densitySampler(mixture)),
      copies: bootstrapSampler(),
    };
    const task = {
      spec: new Pipeline({
        steps: [
          ["scale", new StandardScaler()],
          ["model", new LogisticRegression()],
        ],
      }),
      target: "diagnosis",
      scoring: "rocAuc",
    };
    const judge = (spec: SamplerSpec) => validateSampler(spec, table, { task, maxRows: 100, seed: lab.seed });
    const results = NAMES.map((name) => judge(specs[name]));
    const of = (name: (typeof NAMES)[number]) => results[NAMES.indexOf(name)]!;
    const shown = of(generator);
    const points = (t: Table, name: string) => ({
      type: "points" as const,
      name,
      x: [...t.numbers("mean radius")],
      y: [...t.numbers("mean concavity")],
      size: 2,
    });
    lab.plot(
      figure([points(shown.test, "real, put aside"), points(shown.synthetic, generator)], {
        x: { label: "mean radius" },
        y: { label: "mean concavity" },
        alt: `Real tumours put aside and rows made by “${generator}”: radius against concavity.`,
      }),
    );
    const round = (v: number) => Number(v.toFixed(3));
    lab.table({
      columns: [
        "generator",
        "margins",
        "associations",
        "MMD²",
        "AUC on real rows",
        "nearer to training",
        "copies",
      ],
      rows: [
        ...results.map(({ quality: q }, k) => [
          NAMES[k]!,
          round(q.marginDistance),
          round(q.associations.distance),
          round(q.discrepancy.unbiased),
          round(q.task!.synthetic),
          round(q.privacy.nearerToTrain),
          round(q.privacy.copies),
        ]),
        [
          "real training rows",
          round(shown.quality.baseline.margins),
          round(shown.quality.baseline.associations),
          round(shown.quality.baseline.discrepancy),
          round(shown.quality.task!.real!),
          1,
          1,
        ],
      ],
    });
    lab.check(
      "every generator makes the same columns of the same kinds",
      results.every((r) => JSON.stringify(r.synthetic.kinds()) === JSON.stringify(table.kinds())),
      { equals: true },
    );
    lab.check("rows put aside, of 569", of("copula").test.rows, { equals: 171 });
    lab.check("real training rows: AUC on them", of("copula").quality.task!.real!, { above: 0.93 });
    for (const name of ["copula per class", "mixture", "copies"] as const)
      lab.check(`${name}: AUC lost`, of(name).quality.task!.gap!, { between: [-0.03, 0.04] });
    lab.check("rules of thumb teach too: AUC", of("rules of thumb").quality.task!.synthetic, { above: 0.9 });
    const worst = (name: (typeof NAMES)[number]) => {
      const { sampler, train, test } = of(name);
      const draws = range(12).map((seed) => sampler.sample(train.rows, { seed }));
      return Math.min(...draws.map((t) => trainOnSynthetic(task.spec, t, test, "diagnosis", task).synthetic));
    };
    lab.check("columns apart teach chance: worst AUC of 12 draws", worst("columns apart"), { below: 0.6 });
    lab.check("copula per class: worst of 12", worst("copula per class"), { above: 0.9 });
    lab.check(
      "associations: columns apart less copula per class",
      of("columns apart").quality.associations.distance -
        of("copula per class").quality.associations.distance,
      { above: 0.15 },
    );
    lab.check("copies have no privacy", of("copies").quality.privacy.copies, { equals: 1 });
    lab.check("the mixture repeats nobody", of("mixture").quality.privacy.copies, { equals: 0 });
    // Texts come from the same interface; so does whatever else has it.
    const wanted = Table.fromColumns({ text: ["..."], reason: ["fee"], outcome: ["refund"] });
    const disputes = grammarSampler(billingDisputes()).fit(wanted).sample(100, { seed: lab.seed });
    lab.check("billing disputes from rules: columns", disputes.names.join(), {
      equals: "text,reason,outcome",
    });
    lab.check("different texts of 100", new Set(disputes.strings("text")).size, { atLeast: 98 });
    const jitter: SamplerSpec = {
      name: "copies with noise",
      fit(train, options) {
        const copies = bootstrapSampler().fit(train, options);
        return {
          sample(n, o) {
            const rows = copies.sample(n, o);
            const random = lab.random("jitter");
            return rows.withColumn(
              "mean radius",
              rows.numbers("mean radius").map((v) => v + random.normal()),
            );
          },
        };
      },
    };
    const own = judge(jitter).quality.privacy;
    lab.check("a generator of one's own, judged in the same way: copies", own.copies, { equals: 0 });
    lab.check("yet nearer to training rows, as noise hides little", own.nearerToTrain, { above: 0.6 });
  },
});
