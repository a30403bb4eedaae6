export type { Aggregation } from "./aggregate.ts";
export {
  type BooleanColumn,
  booleanColumn,
  type CategoryColumn,
  type Cell,
  type Column,
  type ColumnInput,
  type ColumnKind,
  categoryColumn,
  cellOf,
  columnLength,
  countMissing,
  type DateColumn,
  dateColumn,
  isMissing,
  type Levels,
  levelsOf,
  type NumberColumn,
  numberColumn,
  type TextColumn,
  textColumn,
} from "./column.ts";
export type { ColumnSummary } from "./describe.ts";
export { GroupedTable } from "./grouped-table.ts";
export type { JoinOptions } from "./join.ts";
export type { PivotOptions } from "./pivot.ts";
export { type SqlWriteOptions, writeSql } from "./sql.ts";
export { type Row, Table } from "./table.ts";
