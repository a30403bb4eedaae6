/** The five bundled datasets as both sides get them: columns in several forms, labels and numbers to learn. */
import { loadBreastCancer, loadDiabetes, loadDigits, loadIris, loadWine } from "whetstone/datasets";
import { Matrix, randomStream } from "whetstone/math";

const sources = {
  iris: loadIris,
  wine: loadWine,
  "breast cancer": loadBreastCancer,
  digits: loadDigits,
  diabetes: loadDiabetes,
};
export const names = Object.keys(sources);

/** Labels are the classes' places; of a quantity, whether it is above the median. Numbers are those places + 1. */
function targetsOf({ y, classes }) {
  if (classes) {
    const codes = Array.from(y, (label) => classes.indexOf(label));
    return { labels: codes, numbers: codes.map((c) => c + 1) };
  }
  const middle = [...y].sort((a, b) => a - b)[y.length >> 1];
  return { labels: Array.from(y, (v) => +(v > middle)), numbers: [...y] };
}

const perColumn = (X, map) => {
  const maps = Array.from({ length: X.cols }, (_, j) => map(X.col(j)));
  return X.map((v, at) => maps[at % X.cols](v));
};
const forms = {
  standard: (X) =>
    perColumn(X, (column) => {
      const mean = column.reduce((a, b) => a + b, 0) / column.length;
      const sd = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length);
      return (v) => (sd > 0 ? (v - mean) / sd : 0);
    }),
  unit: (X) =>
    perColumn(X, (column) => {
      const [low, high] = [Math.min(...column), Math.max(...column)];
      return (v) => (high > low ? (v - low) / (high - low) : 0);
    }),
  codes: (X) => forms.unit(X).map((v) => Math.min(4, Math.floor(5 * v))),
  holes(X) {
    const random = randomStream("holes");
    return forms.standard(X).map((v) => (random.uniform() < 0.1 ? Number.NaN : v));
  },
};

/** Every second of at most `rows` rows spread over the set is for training, the others for comparing. */
export function dataOf(name, { input = "standard", rows = Number.POSITIVE_INFINITY }) {
  const source = sources[name]();
  const whole = forms[input](source.X);
  const { labels, numbers } = targetsOf(source);
  const count = Math.min(rows, whole.rows);
  const kept = Array.from({ length: count }, (_, i) => Math.floor((i * whole.rows) / count));
  const half = (parity) => {
    const own = kept.filter((_, i) => i % 2 === parity);
    const pick = (values) => own.map((i) => values[i]);
    return {
      X: new Matrix(whole.selectRows(own).data.slice(), own.length, whole.cols),
      labels: pick(labels),
      numbers: pick(numbers),
    };
  };
  return { train: half(0), test: half(1) };
}
