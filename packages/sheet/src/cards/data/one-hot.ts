import { OneHotEncoder, Table } from "whetstone/data";
import { LinearRegression } from "whetstone/linear";
import { card, choice, field, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/one-hot",
  title: "One-hot encoding: a column per category, and a rule for new ones",
  formula: String.raw`c\mapsto e_c\in\{0,1\}^{K},\qquad \textstyle\sum_k x_k=1,\qquad c_{\text{unseen}}\mapsto 0\ \text{or an error}`,
  ask: "What should a one-hot encoder do with a category it never saw, and what do many categories cost?",
  answer:
    "Fail, if a new value means broken data; otherwise give all zeros (“none of those I know”), or the column of rare categories. Each of K levels is a column of mostly zeros: 10,000 levels turn 1000 rows into ten million numbers. With an intercept one column per variable is redundant: drop it or penalise.",
  pitfall:
    "Integer codes instead of columns invent an order: red < green < blue. And a category seen once is a column that memorises one row: pool rare ones.",
  level: "easy",
  whenNot:
    "With thousands of levels: target encoding, embeddings, hashing, or a library with native categories. Ordered categories keep their order better as integers.",
  followUps: [
    {
      ask: "Do you drop one column for a penalised model?",
      answer:
        "Usually not: the penalty makes the solution unique, and dropping a column makes the shrinkage depend on which level became the reference.",
    },
    {
      ask: "What does hashing trade?",
      answer:
        "A fixed number of columns without a fitted vocabulary, so new levels need no rule; in exchange different levels collide and the columns can no longer be named.",
    },
  ],
  derivation: String.raw`With $K$ levels the columns add up to one in every row, $\sum_kx_k=1$: exactly the intercept's column. So the $K+1$ columns have rank $K$, and adding a constant to all coefficients while subtracting it from the intercept changes no prediction.

Dropping one level makes the rest differences from it. A ridge penalty picks the solution of least norm instead.

Integer codes give one coefficient, so the effect is forced to be $\beta\cdot\text{code}$: with red, green, blue as 0, 1, 2 green lies halfway. A level with $n_c$ rows has a coefficient of variance $\sigma^2/n_c$; at $n_c=1$ it fits that row exactly.`,
  covers: ["data/one-hot-encoder"],
  answers: ["q-a-521"],
  verifiedAgainst: ["scikit-learn 1.2 OneHotEncoder", "inverse transform"],
  budget: "quick",
  controls: {
    unknown: choice(["ignore", "infrequent", "error"], "ignore", { label: "unseen category" }),
    levels: slider(2, 2000, 40, { label: "levels", scale: "log" }),
    least: slider(1, 20, 1, { label: "rows a level needs for its own column" }),
  },
  run(lab, { unknown, levels, least }) {
    const random = lab.random();
    const n = 300;
    const K = Math.round(levels);
    // Level k is drawn with weight 1 / k: few are frequent, many are rare.
    const draw = random.categoricalSampler(range(K).map((k) => 1 / (k + 1)));
    const name = (k: number) => `c${String(k).padStart(4, "0")}`;
    const train = Table.fromColumns({ city: range(n).map(() => name(draw())) });
    const spec = new OneHotEncoder({
      handleUnknown: unknown === "error" ? "error" : unknown,
      minFrequency: least > 1 ? least : null,
    });
    const model = spec.fit(train);
    const Z = model.transform(train);
    const shown = Math.min(40, Z.rows);
    const wide = Math.min(60, Z.cols);
    lab.plot(
      figure(
        [field((x, y) => Z.at(Math.floor(y), Math.floor(x)), [0, wide], [0, shown], { resolution: 120 })],
        {
          title: `${n} rows × ${Z.cols} columns = ${(n * Z.cols).toLocaleString("en")} numbers, ${(100 * (1 - 1 / Z.cols)).toFixed(1)} % zeros`,
          x: { label: "column" },
          y: { label: "row" },
          alt: `The first ${shown} rows of the encoded matrix: exactly one cell of each row is lit, and the frequent levels light the same columns again and again.`,
        },
      ),
    );
    const novel = Table.fromColumns({ city: ["unseen"] });
    let answer: string;
    try {
      const row = model.transform(novel);
      const at = row.data.indexOf(1);
      answer = at < 0 ? "all zeros" : model.outputNames()[at]!;
    } catch (error) {
      answer = (error as Error).message;
    }
    lab.note(`The encoder's answer to an unseen city: ${answer}`);

    const sums = range(Z.rows).map((i) => Z.row(i).reduce((a, b) => a + b, 0));
    lab.check(
      "every row has exactly one 1",
      Z.data.every((v) => v === 0 || v === 1) && sums.every((s) => s === 1),
      {
        equals: true,
      },
    );
    const counts = new Map<string, number>();
    for (const c of train.strings("city")) counts.set(c!, (counts.get(c!) ?? 0) + 1);
    const frequent = [...counts.values()].filter((c) => c >= least).length;
    lab.check("columns: frequent levels, and one for the rest", Z.cols, {
      equals: frequent + (frequent < counts.size ? 1 : 0),
    });
    const few = Table.fromColumns({ c: ["red", "green", "blue", "green", "red", "tan"] });
    const plain = new OneHotEncoder({ handleUnknown: "ignore" }).fit(few);
    lab.check("categories in sorted order", plain.categories[0]!.join(" "), { equals: "blue green red tan" });
    lab.check(
      "unseen, ignore: sum of the row",
      plain
        .transform(Table.fromColumns({ c: ["pink"] }))
        .row(0)
        .join(""),
      {
        equals: "0000",
      },
    );
    const pooled = new OneHotEncoder({ handleUnknown: "infrequent", minFrequency: 2 }).fit(few);
    lab.check(
      "unseen, infrequent: lands in",
      pooled.outputNames()[pooled.transform(Table.fromColumns({ c: ["pink"] })).data.indexOf(1)]!,
      {
        equals: "c_infrequent",
      },
    );
    let refused = "";
    try {
      new OneHotEncoder().fit(few).transform(Table.fromColumns({ c: ["pink"] }));
    } catch (error) {
      refused = (error as Error).message;
    }
    lab.check("unseen, error: the message names the value", refused.includes("pink"), { equals: true });
    const back = plain.inverseTransform(plain.transform(few)).strings("c").join(" ");
    lab.check("decoded again", back, { equals: few.strings("c").join(" ") });
    // Ten thousand levels in a thousand rows.
    const many = Table.fromColumns({ c: range(10_000).map((i) => `v${i}`) });
    const huge = new OneHotEncoder().fit(many);
    const sample = huge.transform(many.head(100));
    lab.check("10,000 levels: numbers for 100 rows", sample.data.length, { equals: 1_000_000 });
    lab.check(
      "of which not zero",
      sample.data.reduce((a, b) => a + b, 0),
      { equals: 100 },
    );
    // Full columns add up to the intercept: least squares sees one rank less.
    const y = [1, 2, 3, 2.2, 0.8, 5];
    const full = new LinearRegression().fit(plain.transform(few), y);
    lab.check("4 columns beside an intercept: rank", full.rank, { equals: 3 });
    const dropped = new OneHotEncoder({ drop: "first" }).fit(few);
    const fit = new LinearRegression().fit(dropped.transform(few), y);
    lab.check("with one dropped: columns and rank", `${dropped.outputNames().length} ${fit.rank}`, {
      equals: "3 3",
    });
  },
});
