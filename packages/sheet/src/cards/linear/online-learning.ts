import { LogisticRegression, SGDClassifier } from "whetstone/linear";
import { Matrix, sigmoid } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/online-learning",
  title: "Learn from every row as it comes, test before you learn",
  formula: String.raw`w_{t+1}=w_t-\eta_t\nabla\ell(w_t;x_t,y_t),\qquad \text{progressive loss}=\tfrac1T\sum_t\ell(w_t;x_t,y_t)`,
  ask: "What is online learning, how is it validated without a test set, and how does it differ from online inference?",
  answer:
    "The model is updated by each arriving labelled row, in one pass and constant memory. Each row is first predicted, then learned: the running loss is an honest held-out estimate. A constant rate follows drift. Online inference only means answering requests at once; its model may be fixed.",
  pitfall:
    "A falling learning rate converges, and then cannot follow a changed world; a constant one follows but never settles. Labels that arrive late or biased (only for shown items) are learned as they are.",
  level: "medium",
  whenNot:
    "For a stable world and data that fit in memory a batch fit is simpler and better tested; with delayed or poisoned labels learning live is a risk.",
  followUps: [
    {
      ask: "How do you keep a live learner safe?",
      answer:
        "Shadow it beside a frozen model, gate updates by the progressive loss, keep checkpoints to roll back to, bound the step, and filter inputs.",
    },
    {
      ask: "Which rate follows a drift best?",
      answer:
        "A constant one of about 1/(rows per change): smaller settles better, larger follows faster. Adaptive rates or a window choose it from the loss.",
    },
  ],
  derivation: String.raw`Each row is predicted by a model that has not seen it, so its loss is an unbiased estimate of that model's risk: the running mean estimates the average risk along the way, without a test set.

With $\eta_t=c/\sqrt t$ and convex losses of bounded slope $G$ the regret against the best fixed $w$ is at most of order $DG\sqrt T$: per row it vanishes.

A falling rate weighs old rows like new ones and cannot follow. A constant $\eta$ forgets with a memory of about $1/(\eta\lambda)$ rows, and its noise settles at a variance in proportion to $\eta$.`,
  covers: ["linear/online-learning"],
  verifiedAgainst: ["scikit-learn 1.2 SGDClassifier, step by step", "LogisticRegression on all rows"],
  budget: "quick",
  controls: {
    rate: slider(0.005, 0.5, 0.05, { label: "constant learning rate", scale: "log" }),
    turn: slider(0, 180, 150, { label: "drift in mid-stream, degrees", step: 15 }),
  },
  run(lab, { rate, turn }) {
    const [n, batch] = [6000, 100];
    const stream = (degrees: number, name: string) => {
      const random = lab.random(name);
      const x: number[][] = [];
      const y: number[] = [];
      for (let t = 0; t < n; t++) {
        const angle = t < n / 2 ? 0 : (degrees * Math.PI) / 180;
        const row = [random.normal(), random.normal()];
        x.push(row);
        y.push(
          random.bernoulli(sigmoid(4 * (Math.cos(angle) * row[0]! + Math.sin(angle) * row[1]!))) ? 1 : 0,
        );
      }
      return { x, y };
    };
    /** Progressive accuracy and loss per batch, and the last model. */
    const learn = ({ x, y }: { x: number[][]; y: number[] }, spec: SGDClassifier) => {
      let model = spec.start<number>(2, [0, 1]);
      const hits: number[] = [];
      let loss = 0;
      for (let t = 0; t < n; t += batch) {
        const rows = Matrix.from(x.slice(t, t + batch));
        const labels = y.slice(t, t + batch);
        hits.push(accuracy(labels, model.predict(rows)));
        const next = model.partialFit(rows, labels);
        loss += (next.loss * batch) / n;
        model = next.model;
      }
      return { hits, loss, model };
    };
    const constant = (eta0: number) =>
      new SGDClassifier({ loss: "logLoss", learningRate: "constant", eta0, alpha: 1e-6 });
    const falling = new SGDClassifier({
      loss: "logLoss",
      learningRate: "invscaling",
      eta0: 1,
      powerT: 1,
      alpha: 1e-6,
    });
    const data = stream(turn, "shown");
    const [a, b] = [learn(data, constant(rate)), learn(data, falling)];
    const at = range(n / batch).map((k) => k * batch);
    lab.plot(
      figure(
        [
          { type: "line", name: "constant rate", x: at, y: a.hits },
          { type: "line", name: "rate 1/t", x: at, y: b.hits },
          { type: "rule", x: n / 2, label: "drift" },
        ],
        {
          x: { label: "rows seen" },
          y: { label: "accuracy before learning", domain: [0, 1] },
          alt: "Accuracy on each hundred rows before they are learned: both fall at the drift; the constant rate recovers soon, the falling one slowly.",
        },
      ),
    );
    const mean = (v: number[]) => v.reduce((s, x) => s + x, 0) / v.length;
    const drift = stream(150, "drift");
    const [fast, slow] = [learn(drift, constant(0.05)), learn(drift, falling)];
    lab.check("accuracy in the last tenth after a drift: constant rate", mean(fast.hits.slice(-6)), {
      above: 0.82,
    });
    lab.check("less that of the falling rate", mean(fast.hits.slice(-6)) - mean(slow.hits.slice(-6)), {
      above: 0.1,
    });
    const calm = stream(0, "calm");
    const steady = learn(calm, constant(0.05));
    const fresh = stream(0, "fresh");
    const truth = mean(
      range(n).map((i) => {
        const p = steady.model.predictProba([fresh.x[i]!]).at(0, fresh.y[i]!);
        return -Math.log(p);
      }),
    );
    lab.check("progressive loss less the loss on new rows", steady.loss - truth, { between: [-0.03, 0.06] });
    const all = new LogisticRegression({ penalty: null }).fit(calm.x, calm.y);
    const agree = accuracy(all.predict(fresh.x), steady.model.predict(fresh.x));
    lab.check("one pass agrees with the fit on all rows: share of equal labels", agree, { above: 0.96 });
    // Online inference: a fixed model answers rows one by one, and stays as it is.
    const before = Array.from(all.coef.data).join();
    const one = fresh.x.slice(0, 50).map((row) => all.predict([row])[0]!);
    lab.check(
      "answering one by one equals answering at once",
      one.join() === all.predict(fresh.x.slice(0, 50)).join(),
      { equals: true },
    );
    lab.check("and changes nothing in the model", Array.from(all.coef.data).join() === before, {
      equals: true,
    });
    const passed = constant(0.05).with({ shuffle: false, tol: null, maxIter: 1 }).fit(calm.x, calm.y);
    lab.check(
      "batches of a stream equal one pass over it",
      Math.max(...passed.coef.data.map((v, j) => Math.abs(v - steady.model.coef.data[j]!))),
      { equals: 0 },
    );
  },
});
