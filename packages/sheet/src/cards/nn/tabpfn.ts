import { LogisticRegression } from "whetstone/linear";
import { KNeighborsClassifier } from "whetstone/neighbors";
import { bentLinePrior, fitToPrior, InContextClassifier } from "whetstone/nn";
import { AdamW } from "whetstone/optim";
import { mean } from "whetstone/stats";
import { describePlan, noGrad, Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/tabpfn",
  title: "A table learned in one forward pass",
  formula: String.raw`p_\theta(y^*\mid x^*,D)\approx\int p(y^*\mid x^*,t)\,p(t\mid D)\,dt,\qquad \theta=\arg\min\,\mathbb E_{t\sim\text{prior}}\big[-\log p_\theta(y^*\mid x^*,D)\big]`,
  ask: "How can a transformer classify a table it has never seen, without a gradient step?",
  answer:
    "It is trained once on many made-up tasks drawn from a prior: given labelled rows, predict the others. Minimising that loss makes its output approximate the Bayesian posterior predictive under the prior. A new table is then just context: labelled rows go in, predictions come out in one pass. It is meant for small data.",
  pitfall:
    "It knows what its prior knows. Tasks unlike the made-up ones, and tables larger than its context, are where it fails: attention costs grow with the square of the rows.",
  level: "hard",
  whenNot:
    "Beyond some ten thousand rows, with many classes, or where an answer must take microseconds: boosted trees. Each prediction needs the labelled rows at hand, so a fitted small model is easier to ship and to explain.",
  followUps: [
    {
      ask: "Does the order of the labelled rows matter?",
      answer:
        "It should not: rows carry no position and attention treats them as a set. Query rows look at labelled rows only, so they do not influence one another. Column order may matter; averaging over shuffles helps.",
    },
    {
      ask: "What is in the prior of made-up tasks?",
      answer:
        "In the first version random networks and structural causal models, with simple ones more likely: columns and target are read off at random nodes. The prior holds the inductive bias that others put into an architecture.",
    },
  ],
  derivation: String.raw`Fix a labelled table $D$ and a query $x^*$. Over all tasks $t$ that the prior may have drawn, the label is distributed as $p(y^*\mid x^*,D)=\int p(y^*\mid x^*,t)\,p(t\mid D)\,dt$: tasks that explain $D$ count more.

The expected loss there is $\mathbb E[-\log p_\theta(y^*\mid x^*,D)]=H(p)+\operatorname{KL}(p\,\Vert\,p_\theta)$. The entropy $H(p)$ does not depend on $\theta$ and the divergence is 0 only for $p_\theta=p$. So the minimum of a plain cross-entropy on sampled tasks is the posterior predictive; nobody had to write down $p(t\mid D)$.

It is reached only as far as the net is large enough and was trained on enough tasks, and for tables of a size it has seen. The work of inference was paid in advance: this is called amortised.`,
  errata: [
    {
      claim: "claim-b-297",
      claimed: "Neural networks catch up via TabPFN at 100 million rows and more",
      truth:
        "TabPFN is for small tables: about a thousand rows in its first version, ten thousand in its second. Its attention is quadratic in rows.",
    },
  ],
  covers: ["nn/tabpfn", "claim-b-297"],
  verifiedAgainst: ["logistic regression and nearest neighbours on the same tasks"],
  budget: "costly",
  controls: {
    steps: slider(50, 400, 200, { label: "steps of fitting to the prior", step: 50 }),
    known: slider(8, 48, 32, { label: "labelled rows of a new task", step: 8 }),
  },
  run(lab, { steps, known }) {
    const model = new InContextClassifier({
      features: 2,
      classes: 2,
      dim: 32,
      layers: 2,
      heads: 2,
      seed: lab.random("net"),
    });
    const optimizer = new AdamW(model.parameters(), { lr: 2e-3 });
    const losses = fitToPrior(model, optimizer, bentLinePrior, {
      steps,
      tasks: 16,
      rows: 32,
      seed: 1 + lab.seed,
      onStep: (step) => lab.progress(step, steps),
    });
    lab.plot(
      figure([{ type: "line", x: range(steps), y: losses }], {
        x: { label: "step" },
        y: { label: "loss on tasks never seen before" },
        alt: "The loss on fresh tasks falls while the model is fitted to the prior.",
      }),
    );
    const tasks = 16;
    const queries = 60;
    const drawn = bentLinePrior(lab.random("tasks"), tasks, known + queries);
    const rowsOf = (x: Tensor) => x.toArray() as number[][];
    const score = {
      "in context": [] as number[],
      "logistic regression": [] as number[],
      "5 neighbours": [] as number[],
    };
    for (let t = 0; t < tasks; t++) {
      const [x, y] = [drawn.x.at(t), drawn.y.at(t)];
      const [xKnown, yKnown] = [x.slice(0, 0, known), y.slice(0, 0, known)];
      const truth = y.slice(0, known).data();
      const share = (found: ArrayLike<number>) => mean(Array.from(truth, (v, i) => Number(v === found[i])));
      score["in context"].push(share(model.predict(xKnown, yKnown, x.slice(0, known)).data()));
      const labels = Array.from(yKnown.data());
      if (new Set(labels).size < 2) continue; // the classical ones need both classes
      const [train, test] = [rowsOf(xKnown), rowsOf(x.slice(0, known))];
      score["logistic regression"].push(share(new LogisticRegression().fit(train, labels).predict(test)));
      score["5 neighbours"].push(
        share(new KNeighborsClassifier({ nNeighbors: 5 }).fit(train, labels).predict(test)),
      );
    }
    const means = Object.entries(score).map(([name, values]) => [name, mean(values)] as const);
    lab.plot(
      figure([{ type: "bars", x: means.map((m) => m[0]), y: means.map((m) => m[1]) }], {
        x: { scale: "band" },
        y: { label: "accuracy on new tasks", percent: true, domain: [0, 1] },
        alt: `Accuracy on ${tasks} new tasks from ${known} labelled rows each.`,
      }),
    );
    lab.check(
      "loss over the last ten steps in units of the first ten",
      mean(losses.slice(-10)) / mean(losses.slice(0, 10)),
      {
        below: 0.85,
      },
    );
    lab.check("accuracy on new tasks, without a step", means[0]![1], { atLeast: 0.7 });
    // What one pass over a table needs, were all results kept: attention compares all pairs of rows.
    const bytes = (rows: number) =>
      noGrad(() => {
        const table = Tensor.zeros([1, rows, 2]);
        const labels = Tensor.zeros([1, rows - 1], { dtype: "i32" });
        return describePlan(model.forward(table, labels, rows - 1)).unplannedBytes;
      });
    lab.check("memory for 8,000 rows in units of that for 1,000", bytes(8000) / bytes(1000), { atLeast: 40 });
  },
});
