import { NearMiss, SMOTETomek, TomekLinks } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/tomek-nearmiss",
  title: "Tomek links clean the border, NearMiss keeps what lies near it",
  formula: String.raw`(i,j)\ \text{is a Tomek link}\iff y_i\ne y_j\ \text{and each is the other's nearest neighbour}`,
  ask: "How can majority rows be dropped with information, instead of at random?",
  answer:
    "A Tomek link is a pair of unlike rows nearest to each other: noise, or the border. Dropping its majority row clears the border. NearMiss keeps the majority rows nearest to the minority, so that what is left describes the border. SMOTE then Tomek adds minority rows first and cleans afterwards.",
  pitfall:
    "Tomek links remove few rows: they clean, they do not balance. NearMiss chases outliers of the minority, and both change the training distribution, so probabilities need recalibration.",
  level: "hard",
  whenNot:
    "When the border itself is uncertain, dropping majority rows there moves it towards them and hides overlap. Class weights keep all rows; random under-sampling keeps the distribution.",
  followUps: [
    {
      ask: "Why does a Tomek link point to noise or the border?",
      answer:
        "Both rows are each other's nearest neighbour, so nothing lies closer between them. Unlike labels at such closeness mean that the classes meet there or one label is wrong.",
    },
    {
      ask: "How do the NearMiss versions differ?",
      answer:
        "Version 1 keeps majority rows with the smallest mean distance to their nearest minority rows, 2 to their farthest, 3 first takes the majority neighbours of each minority row.",
    },
  ],
  derivation: String.raw`Let $d(i,j)$ be the distance. A pair with unlike labels is a link if no third row $k$ has $d(i,k)<d(i,j)$ or $d(j,k)<d(i,j)$. So links are mutual nearest neighbours, and each row is in at most one (without ties).

One-nearest-neighbour leave-one-out errs on both ends of a link. Removing the majority end therefore removes a certain error of that rule at the minority row, unless the next neighbour is a majority row as well.

Links number at most the minority's size, and mostly far fewer: majority counts fall from $n_0$ to $n_0-\text{links}$. That cleans; it does not balance.`,
  covers: ["data/tomek-nearmiss"],
  verifiedAgainst: ["brute force over all pairs", "the definition of each NearMiss version"],
  budget: "quick",
  controls: {
    method: choice(
      ["Tomek links", "NearMiss 1", "NearMiss 2", "NearMiss 3", "SMOTE + Tomek"],
      "Tomek links",
      { label: "method" },
    ),
    distance: slider(0.5, 3, 1.5, { label: "distance of the classes", step: 0.1 }),
  },
  run(lab, { method, distance }) {
    const random = lab.random();
    const y = range(240).map((i): number => (i % 6 === 0 ? 1 : 0));
    const X = Matrix.from(y.map((c) => [random.normal() + distance * c, random.normal()]));
    const samplers = {
      "Tomek links": new TomekLinks(),
      "NearMiss 1": new NearMiss({ version: 1 }),
      "NearMiss 2": new NearMiss({ version: 2 }),
      "NearMiss 3": new NearMiss({ version: 3 }),
      "SMOTE + Tomek": new SMOTETomek({ seed: lab.seed }),
    };
    const out = samplers[method].resample(X, y);
    const kept = new Set(out.rows);
    const gone = range(240).filter((i) => !kept.has(i));
    const made = range(out.X.rows).filter((t) => out.rows[t] === -1);
    const group = (name: string, c: number) => ({
      type: "points" as const,
      name,
      x: range(240)
        .filter((i) => kept.has(i) && y[i] === c)
        .map((i) => X.at(i, 0)),
      y: range(240)
        .filter((i) => kept.has(i) && y[i] === c)
        .map((i) => X.at(i, 1)),
      size: 3,
    });
    lab.plot(
      figure(
        [
          group("majority", 0),
          group("minority", 1),
          {
            type: "points",
            name: "dropped",
            x: gone.map((i) => X.at(i, 0)),
            y: gone.map((i) => X.at(i, 1)),
            size: 2,
          },
          {
            type: "points",
            name: "made up",
            x: made.map((t) => out.X.at(t, 0)),
            y: made.map((t) => out.X.at(t, 1)),
            size: 2,
          },
        ],
        {
          title: `${method}: ${gone.length} rows dropped, ${made.length} made up`,
          x: { label: "x₁" },
          y: { label: "x₂" },
          alt: `Two classes, and which rows ${method} drops.`,
        },
      ),
    );
    const d = (A: Matrix, i: number, j: number) =>
      Math.hypot(A.at(i, 0) - A.at(j, 0), A.at(i, 1) - A.at(j, 1));
    const closest = (A: Matrix, i: number) => {
      let best = -1;
      for (let j = 0; j < A.rows; j++) if (j !== i && (best < 0 || d(A, i, j) < d(A, i, best))) best = j;
      return best;
    };
    const first = range(240).map((i) => closest(X, i));
    const links = range(240).filter((i) => y[i] === 0 && y[first[i]!] === 1 && first[first[i]!] === i);
    const cleaned = new TomekLinks().resample(X, y);
    const left = new Set(cleaned.rows);
    lab.check(
      "links by brute force; dropped majority rows",
      range(240)
        .filter((i) => !left.has(i))
        .join(),
      { equals: links.join() },
    );
    lab.check("minority rows dropped", range(240).filter((i) => y[i] === 1 && !left.has(i)).length, {
      equals: 0,
    });
    lab.check(
      "Tomek links leave the classes unequal: majority over minority",
      cleaned.y.filter((c) => c === 0).length / 40,
      { above: 3 },
    );
    const minority = range(240).filter((i) => y[i] === 1);
    const mean = (i: number, far: boolean) => {
      const s = minority.map((j) => d(X, i, j)).sort((a, b) => a - b);
      return (far ? s.slice(-3) : s.slice(0, 3)).reduce((a, v) => a + v, 0) / 3;
    };
    for (const version of [1, 2]) {
      const near = new NearMiss({ version }).resample(X, y);
      const mine = Array.from(near.rows).filter((i) => y[i] === 0);
      const rest = range(240).filter((i) => y[i] === 0 && !mine.includes(i));
      lab.check(
        `NearMiss ${version}: farthest kept less nearest dropped`,
        Math.max(...mine.map((i) => mean(i, version === 2))) -
          Math.min(...rest.map((i) => mean(i, version === 2))),
        { atMost: 0 },
      );
      lab.check(`NearMiss ${version}: classes are equal`, mine.length, { equals: 40 });
    }
    const both = new SMOTETomek({ seed: lab.seed }).resample(X, y);
    lab.check("SMOTE + Tomek: rows more than before", both.X.rows, { above: 240 });
  },
});
