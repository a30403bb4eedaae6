/** How what two models say is compared. Each takes matrices of ours and theirs, and the rows they speak of. */
import { trustworthiness } from "whetstone/manifold";
import { accuracy, adjustedRandIndex, r2 } from "whetstone/metrics";

const sum = (values) => values.reduce((a, b) => a + b, 0);
const short = (v) => (Math.abs(v) < 1000 ? v.toFixed(3) : v.toExponential(1));
const both = (f) => (ours, theirs, rows) => `${short(f(ours, rows))} / ${short(f(theirs, rows))}`;
const difference = (gap) => (gap === 0 ? "equal" : gap.toExponential(0));

/** Largest difference, of the largest value; NaN equals NaN. */
function gapOf(a, b) {
  let [gap, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    gap = Number.isNaN(a[i] - b[i]) ? Number.POSITIVE_INFINITY : Math.max(gap, Math.abs(a[i] - b[i]));
  }
  for (const v of b) if (Number.isFinite(v)) size = Math.max(size, Math.abs(v));
  return size > 0 ? gap / size : gap;
}

function pearson(a, b) {
  const [ma, mb] = [sum(a) / a.length, sum(b) / b.length];
  const cov = (x, mx, y, my) => sum(Array.from(x, (v, i) => (v - mx) * (y[i] - my)));
  return cov(a, ma, b, mb) / Math.sqrt(cov(a, ma, a, ma) * cov(b, mb, b, mb));
}

/** Sum of squared distances to the centres of groups. */
function inertia({ data: labels }, { X }) {
  let total = 0;
  for (const g of new Set(labels)) {
    const own = X.selectRows(Array.from(labels.keys()).filter((i) => labels[i] === g));
    for (let j = 0; j < own.cols; j++) {
      const column = own.col(j);
      const mean = sum(column) / column.length;
      total += sum(column.map((v) => (v - mean) ** 2));
    }
  }
  return total;
}

export const measures = {
  labels(ours, theirs) {
    const same = ours.data.filter((v, i) => v === theirs.data[i]).length;
    return `${Number(((100 * same) / theirs.data.length).toFixed(1))} %`;
  },
  difference: (ours, theirs) => difference(gapOf(ours.data, theirs.data)),
  signs(ours, theirs) {
    const turned = ours.clone();
    for (let j = 0; j < ours.cols; j++) {
      const dot = sum(ours.col(j).map((v, i) => v * theirs.at(i, j)));
      if (dot < 0) for (let i = 0; i < ours.rows; i++) turned.set(i, j, -ours.at(i, j));
    }
    return difference(gapOf(turned.data, theirs.data));
  },
  match(ours, theirs) {
    const columns = Array.from({ length: theirs.cols }, (_, j) => j);
    const best = columns.map((j) =>
      Math.max(...columns.map((k) => Math.abs(pearson(ours.col(k), theirs.col(j))))),
    );
    return `r ${Math.min(...best).toFixed(3)}`;
  },
  groups: (ours, theirs) => `ARI ${adjustedRandIndex([...theirs.data], [...ours.data]).toFixed(3)}`,
  correlation: (ours, theirs) => `r ${pearson(ours.data, theirs.data).toFixed(3)}`,
  score: (ours, theirs, rows, kind) =>
    both((m) => (kind === "classifier" ? accuracy(rows.labels, [...m.data]) : r2(rows.numbers, m.data)))(
      ours,
      theirs,
      rows,
    ),
  inertia: (ours, theirs, rows) =>
    `${inertia(ours, rows).toPrecision(5)} / ${inertia(theirs, rows).toPrecision(5)}`,
  trust: both((m, { X }) => trustworthiness(X, m)),
  norm: both((m) => sum(m.data.map((v) => v * v)) / m.rows),
  likelihood: both((m) => sum(m.data) / m.rows),
};

export const measureOf = {
  classifier: "labels",
  regressor: "difference",
  transformer: "difference",
  clusterer: "groups",
  detector: "difference",
  density: "difference",
  embedding: "trust",
};
