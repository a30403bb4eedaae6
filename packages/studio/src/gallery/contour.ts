/** Lines of equal value by marching squares: in each cell of four neighbours, from edge to edge. */
interface Grid {
  readonly cols: number;
  readonly rows: number;
  readonly values: readonly number[];
}

/** `x` and `y` say where a column and a row, or a place between two, is drawn. */
export function contourPath(
  { cols, rows, values }: Grid,
  level: number,
  x: (col: number) => string,
  y: (row: number) => string,
): string {
  let d = "";
  for (let i = 0; i + 1 < rows; i++) {
    for (let j = 0; j + 1 < cols; j++) {
      const a = values[i * cols + j]! - level;
      const b = values[i * cols + j + 1]! - level;
      const c = values[(i + 1) * cols + j + 1]! - level;
      const e = values[(i + 1) * cols + j]! - level;
      if (!Number.isFinite(a + b + c + e)) continue;
      // Where the line crosses an edge, in the order of the edges around the cell.
      const cuts: string[] = [];
      if (a > 0 !== b > 0) cuts.push(`${x(j + a / (a - b))} ${y(i)}`);
      if (b > 0 !== c > 0) cuts.push(`${x(j + 1)} ${y(i + b / (b - c))}`);
      if (c > 0 !== e > 0) cuts.push(`${x(j + 1 - c / (c - e))} ${y(i + 1)}`);
      if (e > 0 !== a > 0) cuts.push(`${x(j)} ${y(i + 1 - e / (e - a))}`);
      for (let k = 0; k + 1 < cuts.length; k += 2) d += `M${cuts[k]}L${cuts[k + 1]}`;
    }
  }
  return d;
}
