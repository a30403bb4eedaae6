import {
  argumentError,
  type Design,
  type FitOptions,
  type Label,
  type Model,
  step,
  warn,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { randomStream } from "../../math/random/index.ts";
import { fitMember, type MemberSpec, memberOptions, part, seeded } from "../members.ts";
import { type BaggingValues, countOf } from "./params.ts";

/** The members, and which columns each was shown. */
export interface Bagged {
  readonly members: readonly Model[];
  readonly columns: readonly Int32Array[];
}

export function checkBagging(name: string, params: BaggingValues): void {
  if (params.oobScore && !params.bootstrap)
    throw argumentError(
      name,
      "oobScore",
      true,
      "false without bootstrap: too few rows are left out by chance",
    );
}

/**
 * Fits the members on their draws. Member m draws from child m of the seed. Rows of weight 0 are never drawn.
 *
 * @returns also the rows each member left out, for the out-of-bag score
 */
export function bag(
  where: string,
  estimator: MemberSpec,
  params: BaggingValues,
  design: Design,
  y: ArrayLike<Label>,
  weights: Float64Array | null,
  options: FitOptions,
): Bagged & { readonly leftOut: readonly Int32Array[] } {
  const { rows: n, cols: d } = design.matrix;
  const usable = Int32Array.from([...Array(n).keys()].filter((i) => weights === null || weights[i]! > 0));
  const draws = countOf(params.maxSamples, usable.length);
  const wanted = countOf(params.maxFeatures, d);
  const random = randomStream(params.seed);
  const members: Model[] = [];
  const columns: Int32Array[] = [];
  const leftOut: Int32Array[] = [];
  for (let m = 0; m < params.nEstimators; m++) {
    step(where, options, m, params.nEstimators, "members");
    const own = random.split(m);
    const rows = own
      .choice(usable.length, draws, params.bootstrap)
      .map((i) => usable[i]!)
      .sort();
    const cols =
      wanted < d || params.bootstrapFeatures
        ? own.choice(d, wanted, params.bootstrapFeatures)
        : Int32Array.from({ length: d }, (_, j) => j);
    const seen = new Uint8Array(n);
    for (const i of rows) seen[i] = 1;
    leftOut.push(Int32Array.from([...seen.keys()].filter((i) => seen[i] === 0)));
    columns.push(cols.sort());
    const spec = seeded(estimator, own.int(2 ** 31));
    const labels = Array.from(rows, (i) => y[i]!);
    const own_ = weights && Float64Array.from(rows, (i) => weights[i]!);
    members.push(fitMember(spec, part(design, rows, cols), labels, memberOptions(options, own_)));
  }
  step(where, options, params.nEstimators, params.nEstimators, "members");
  return { members, columns, leftOut };
}

/** Mean over the members that left a row out of what they say about it; NaN where all drew it. */
export function outOfBagMeans(
  design: Design,
  { members, columns, leftOut }: Bagged & { readonly leftOut: readonly Int32Array[] },
  outputs: number,
  say: (member: Model, X: Matrix) => Matrix,
  where: string,
  options: FitOptions,
): Matrix {
  const n = design.matrix.rows;
  const out = Matrix.zeros(n, outputs);
  const votes = new Int32Array(n);
  members.forEach((member, m) => {
    const rows = leftOut[m]!;
    if (rows.length === 0) return;
    const says = say(member, part(design, rows, columns[m]!));
    rows.forEach((i, at) => {
      votes[i] = votes[i]! + 1;
      for (let k = 0; k < outputs; k++)
        out.data[i * outputs + k] = out.data[i * outputs + k]! + says.data[at * outputs + k]!;
    });
  });
  const missing = votes.filter((v) => v === 0).length;
  for (let i = 0; i < out.data.length; i++) {
    const v = votes[Math.floor(i / outputs)]!;
    out.data[i] = v === 0 ? Number.NaN : out.data[i]! / v;
  }
  if (missing > 0)
    warn(
      where,
      options,
      `${missing} rows were drawn by every member and have no out-of-bag prediction; take more members`,
    );
  return out;
}
