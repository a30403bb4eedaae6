/** Datasets on which a parameter shows what it does. */
import type { Design, DesignSource } from "../src/contract/index.ts";
import { Table } from "../src/data/index.ts";
import { Matrix, randomStream } from "../src/math/index.ts";

export interface Dataset {
  readonly X: unknown;
  readonly y: readonly (number | string)[];
  readonly classes: readonly number[];
  /** Rows to predict beside those of training: other values, unknown categories. */
  readonly more: unknown;
}

const n = 160;
const random = randomStream(5);
const numbers = (rows: number) => Matrix.zeros(rows, 4).map(() => random.normal());
const target = (X: Matrix) =>
  Array.from({ length: X.rows }, (_, i) => {
    const [a, b, c, d] = X.row(i) as unknown as [number, number, number, number];
    return 2 * a - b + a * b * c + Math.sin(2 * d) + 0.3 * random.normal();
  });
const thirds = (y: readonly number[]) => y.map((v) => (v < -1 ? 0 : v < 1 ? 1 : 2));

function dataset(X: Matrix, more: Matrix, y = target(X)): Dataset {
  return { X, y, classes: thirds(y), more };
}
const plain = numbers(n);
const withCodes = (X: Matrix) => X.map((v, at) => (at % 4 < 2 ? Math.abs(Math.round(2 * v)) % 5 : v));
const coded = withCodes(plain);
const codedTarget = target(plain).map((v, i) => v + [0, 3, -3, 1, 4][coded.at(i, 0)]!);
const sides = codedTarget.map((v) => (v > 0 ? 1 : 0));
const categorised = (matrix: Matrix): DesignSource => ({
  toDesign: (): Design => ({
    matrix,
    names: ["a", "b", "c", "d"],
    categories: [["v", "w", "x", "y", "z"], null, null, null],
  }),
});
const holes = (X: Matrix) => X.map((v, at) => (at % 7 === 3 && at % 4 !== 0 ? Number.NaN : v));
const days = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => new Date(from + i * 1000 * 3600 * 31));
const words = (count: number, unknown: boolean) =>
  Table.fromColumns({
    colour: Array.from({ length: count }, (_, i) =>
      unknown && i === 0 ? "never" : i < 2 ? "rare" : "rgb"[i % 3]!,
    ),
    two: Array.from({ length: count }, (_, i) => (i % 5 < 2 ? "no" : "yes")),
    gaps: Array.from({ length: count }, (_, i) => (i % 4 === 0 ? null : ["p", "q"][i % 2]!)),
  });
const several = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * i) % 29);

/** Twelve columns that matter less and less, neighbours alike: what a selector keeps depends on how it looks. */
const graded = ((): Dataset => {
  const own = randomStream(11);
  const X = Matrix.zeros(n, 12).map(() => own.normal());
  for (let i = 0; i < n; i++) for (let j = 1; j < 12; j += 2) X.set(i, j, 0.7 * X.at(i, j - 1) + X.at(i, j));
  const y = Array.from({ length: n }, (_, i) =>
    X.row(i).reduce((sum, v, j) => sum + (j % 3 === 0 ? -1 : 1) * 0.75 ** j * v, own.normal()),
  );
  const labels = y.map((v) => (v > 0 ? 1 : 0));
  return { X, y: labels, classes: labels, more: X };
})();

export const DATA = {
  numbers: dataset(plain, numbers(20).scale(3)),
  positive: dataset(
    plain.map((v) => 1 / (1 + Math.exp(-v))),
    numbers(20).map((v) => 1 / (1 + Math.exp(-v))),
    target(plain).map((v) => Math.exp(v / 3)),
  ),
  wide: dataset(new Matrix(random.fillNormal(new Float64Array(n * 250)), n, 250), Matrix.zeros(1, 250)),
  collinear: dataset(
    plain.map((v, at) => (at % 4 === 3 ? plain.data[at - 1]! * (1 + 1e-9 * v) : v)),
    numbers(20),
  ),
  sparse: dataset(
    plain.map((_, at) =>
      Math.floor(at / 4) % 5 === at % 4 || (at % 4 === 1 && at % 7 === 0) ? 1 + (at % 2) : 0,
    ),
    numbers(20),
  ),
  graded,
  codes: dataset(coded, withCodes(numbers(20)), codedTarget),
  categories: { ...dataset(coded, coded, codedTarget), X: categorised(coded), more: categorised(coded) },
  twoSides: { X: categorised(coded), y: sides, classes: sides, more: categorised(coded) },
  missing: dataset(holes(plain), holes(numbers(20))),
  words: { X: words(n, false), y: several(n), classes: thirds(target(plain)), more: words(12, true) },
  classWords: {
    X: words(n, false),
    y: thirds(target(plain)),
    classes: thirds(target(plain)),
    more: words(12, true),
  },
  dates: {
    X: Table.fromColumns({ when: days(1.7e12, n) }),
    y: several(n),
    classes: several(n),
    more: Table.fromColumns({ when: days(1.6e12, 9) }),
  },
  texts: {
    X: Array.from(
      { length: 24 },
      (_, i) =>
        `the Café кот ${"ab"[i % 2]} sat by ${"xyz"[i % 3]}${i % 5} the sea${i % 7 === 0 ? " sea sea" : ""}`,
    ),
    y: several(24),
    classes: several(24),
    more: ["cafe CAFÉ the mat кот", "a b x sea"],
  },
} satisfies Record<string, Dataset>;
