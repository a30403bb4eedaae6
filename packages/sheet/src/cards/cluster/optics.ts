import { DBSCAN, OPTICS } from "whetstone/cluster";
import { makeBlobs } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { adjustedRandIndex } from "whetstone/metrics";
import { card, choice, figure, type Mark, range, slider } from "../../index.ts";

/** Strays are reached from far away: bars as high would leave no room to see valleys. */
const TOP = 2.2;

export default card({
  id: "cluster/optics",
  title: "OPTICS: clusters are valleys of the reachability plot",
  formula: String.raw`r(p\mid o)=\max\{c_m(o),\,d(o,p)\},\qquad c_m(o)=\text{distance of }o\text{ to its }m\text{-th neighbour}`,
  ask: "What does OPTICS's reachability plot show, and how do clusters of different density come out of it?",
  answer:
    "Rows are visited nearest first; each gets the distance at which it was reached, never less than the core distance of the row it came from. Drawn in that order, dense groups are valleys. A cut at height ε gives DBSCAN's clusters for that ε, every ε from one run; steep sides (xi) find valleys of any depth.",
  pitfall:
    "The plot is an order of visits, not a map: valleys side by side need not be neighbours. xi decides how steep a side must be, and with it how many groups there are.",
  level: "hard",
  whenNot:
    "When one density is enough (DBSCAN is simpler) or labels are wanted without choices (HDBSCAN). The plot shines when you want to look.",
  followUps: [
    {
      ask: "How do you read a DBSCAN result off the plot?",
      answer:
        "Cut at height ε: a row whose reachability exceeds ε starts a new cluster if its core distance is at most ε, and is noise otherwise; the rest joins the row before.",
    },
    {
      ask: "Why can border rows differ from DBSCAN's?",
      answer:
        "A border row is visited from some core, perhaps later or from another cluster than in DBSCAN's order. Cores and their grouping agree; such border rows may even be called noise.",
    },
  ],
  derivation: String.raw`OPTICS grows like Prim's spanning tree: among rows not yet visited it takes the one with the smallest $r(p\mid o)=\max\{c_m(o),d(o,p)\}$ over visited $o$, and writes down that value.

Take the cut at $\varepsilon$. Within a dense group every row is reached at less than $\varepsilon$ before anything outside is, since the smallest comes first. So its rows stand side by side with low values, a valley; the step to the next group costs more than $\varepsilon$, a wall.

A row after a wall starts a cluster if it is core at $\varepsilon$, $c_m\le\varepsilon$. As this holds for every $\varepsilon$, one order contains all DBSCAN results, for cores exactly. Groups of lower density are shallower valleys on a higher floor; xi finds their sides by relative steepness.`,
  covers: ["cluster/optics"],
  verifiedAgainst: ["scikit-learn 1.2 OPTICS: order, reachability, labels", "DBSCAN at many radii"],
  budget: "quick",
  controls: {
    method: choice(["cut", "xi"], "cut", { label: "groups by" }),
    eps: slider(0.1, 2, 0.6, { label: "height of the cut ε", step: 0.1 }),
    xi: slider(0.01, 0.3, 0.08, { label: "steepness xi", step: 0.01 }),
    minSamples: slider(3, 20, 8, { label: "m" }),
  },
  run(lab, { method, eps, xi, minSamples }) {
    const random = lab.random();
    const group = (at: readonly [number, number], clusterStd: number, nSamples: number, offset: number) =>
      makeBlobs({ nSamples, centers: [[...at]], clusterStd, seed: lab.seed * 10 + offset }).X.toArray();
    const groups = [
      group([0, 0], 0.2, 80, 1),
      group([2.5, 0], 0.2, 80, 2),
      group([9, 5], 1, 80, 3),
      range(20).map(() => [random.uniform(-3, 13), random.uniform(-4, 9)]),
    ];
    const X = Matrix.from(groups.flat());
    const y = groups.flatMap((rows, g) => rows.map(() => g));
    const model = new OPTICS({ minSamples, xi }).fit(X);
    const labels = method === "xi" ? model.labels : model.extractDbscan(eps);
    const name = (l: number) => (l < 0 ? "noise" : `group ${l + 1}`);
    const plot = model.reachabilityPlot;
    const height = (p: number) => Math.min(plot[p]!, TOP);
    const order = [...new Set(Array.from(labels, name))];
    const columns = order.map((group): Mark => {
      const places = range(X.rows).filter((p) => name(labels[model.ordering[p]!]!) === group);
      return {
        type: "boxes",
        name: group,
        x0: places.map((p) => p - 0.5),
        x1: places.map((p) => p + 0.5),
        y: places.map(height),
      };
    });
    const cut: Mark[] = method === "cut" ? [{ type: "rule", y: eps, label: "ε" }] : [];
    const found = new Set(Array.from(labels).filter((l) => l >= 0)).size;
    lab.plot(
      figure([...columns, ...cut], {
        title: "reachability plot",
        x: { label: "rows in the order of visits" },
        y: { label: `reached at (at most ${TOP} shown)`, domain: [0, TOP] },
        alt: `Distance at which each row was reached, in the order of visits: ${found} valleys are groups.`,
      }),
    );
    lab.plot(
      figure(
        order.map((group): Mark => {
          const rows = range(X.rows).filter((i) => name(labels[i]!) === group);
          return {
            type: "points",
            name: group,
            x: rows.map((i) => X.at(i, 0)),
            y: rows.map((i) => X.at(i, 1)),
            size: 2,
          };
        }),
        {
          title: `the rows, ${found} groups`,
          square: true,
          alt: `Two tight groups, a thin one and strays: ${found} groups by ${method === "xi" ? "steep sides" : "the cut"}.`,
        },
      ),
    );
    // Reachability by its definition, over all pairs.
    const d = (i: number, j: number) => Math.hypot(X.at(i, 0) - X.at(j, 0), X.at(i, 1) - X.at(j, 1));
    const core = range(X.rows).map(
      (i) =>
        range(X.rows)
          .map((j) => d(i, j))
          .sort((a, b) => a - b)[minSamples - 1]!,
    );
    let worst = 0;
    let early = 0;
    const { ordering, reachability } = model;
    range(X.rows).forEach((p) => {
      if (p === 0) return;
      const reach = (row: number) =>
        Math.min(...range(p).map((q) => Math.max(core[ordering[q]!]!, d(ordering[q]!, row))));
      worst = Math.max(worst, Math.abs(reach(ordering[p]!) - reachability[ordering[p]!]!));
      // The next visit goes to the row that can be reached most easily.
      if (p % 20 === 0)
        for (const row of ordering.subarray(p)) if (reach(row) < reach(ordering[p]!) - 1e-9) early++;
    });
    lab.check("largest gap of a reachability to the least over rows visited before", worst, {
      atMost: 1e-9,
    });
    lab.check("rows that could have been reached more easily than the one that was", early, { equals: 0 });
    // One run holds DBSCAN for every radius: core rows fall into the same groups.
    let differs = 0;
    for (const radius of [0.15, 0.3, 0.6, 1.2, 2.4]) {
      const other = new DBSCAN({ eps: radius, minSamples }).fit(X);
      const mine = model.extractDbscan(radius);
      const rows = Array.from(other.coreSampleIndices);
      if (rows.length < 2) continue;
      const same = adjustedRandIndex(
        rows.map((i) => mine[i]!),
        rows.map((i) => other.labels[i]!),
      );
      if (same < 1) differs++;
    }
    lab.check("radii of five at which core rows are grouped otherwise than by DBSCAN", differs, {
      equals: 0,
    });
    // Densities differ: what joins the tight groups at a wide cut, a narrow one tears the thin group for.
    const tight = range(160);
    const thin = range(80).map((i) => 160 + i);
    const eight = new OPTICS({ minSamples: 8 }).fit(X);
    const [narrow, wide] = [eight.extractDbscan(0.4), eight.extractDbscan(1.5)];
    const share = (rows: readonly number[], by: Int32Array) =>
      rows.filter((i) => by[i]! >= 0).length / rows.length;
    lab.check(
      "cut at 0.4: the tight groups, adjusted Rand index",
      adjustedRandIndex(
        tight.map((i) => y[i]!),
        tight.map((i) => narrow[i]!),
      ),
      { atLeast: 0.9 },
    );
    lab.check("and the share of the thin group that is not noise", share(thin, narrow), { atMost: 0.4 });
    lab.check("cut at 1.5: that share", share(thin, wide), { atLeast: 0.9 });
  },
});
