import { type CsvOptions, readCsv, Table } from "../../data/index.ts";
import { argumentError } from "../../errors.ts";
import { type ByteFile, ParquetFile } from "../parquet/index.ts";
import type { Node } from "./expression.ts";
import { mayHold } from "./prune.ts";

/** What was read to answer a query. */
export interface ReadCounts {
  /** Columns that were read, over all sources. */
  columns: number;
  /** Groups of rows that were read, and passed over because no row of them could satisfy the condition. */
  groups: number;
  groupsSkipped: number;
  /** Bytes that were fetched from files. */
  bytes: number;
}

/** Where the rows of a query come from. */
export interface Source {
  /** As it is printed in plans. */
  readonly label: string;
  readonly names: readonly string[];
  /** Reads at least the rows for which `condition` can hold. */
  read(columns: readonly string[], condition: Node | null, counts: ReadCounts): Promise<Table>;
}

export function tableSource(table: Table): Source {
  return {
    label: `table of ${table.rows} rows`,
    names: table.names,
    read(columns, _condition, counts) {
      counts.columns += columns.length;
      return Promise.resolve(
        new Table(
          columns,
          columns.map((name) => table.column(name)),
          table.rows,
        ),
      );
    },
  };
}

export function csvSource(input: string | Uint8Array | ArrayBuffer, options: CsvOptions): Source {
  // The first rows tell the names; kinds are found when the columns are read.
  const { names } = readCsv(input, { ...options, nRows: 1, dtypes: {} }).table;
  return {
    label: "CSV text",
    names,
    read(columns, _condition, counts) {
      counts.columns += columns.length;
      const dtypes = Object.fromEntries(
        Object.entries(options.dtypes ?? {}).filter(([name]) => columns.includes(name)),
      );
      // A file is never read without columns: its rows have to be counted.
      const useColumns = columns.length > 0 ? columns : names.slice(0, 1);
      const { table } = readCsv(input, { ...options, useColumns, dtypes });
      return Promise.resolve(columns.length > 0 ? table : new Table([], [], table.rows));
    },
  };
}

export async function parquetSource(
  source: Uint8Array | ArrayBuffer | ByteFile | ParquetFile,
): Promise<Source> {
  const file = source instanceof ParquetFile ? source : await ParquetFile.open(source);
  return filesSource([file], `Parquet file of ${file.rows} rows`);
}

/** Several Parquet files with the same columns, one below the other. */
export function filesSource(files: readonly ParquetFile[], label: string, names = files[0].names): Source {
  return {
    label,
    names,
    async read(columns, condition, counts) {
      counts.columns += columns.length;
      const tables: Table[] = [];
      for (const file of files) {
        const before = file.bytesRead;
        let groups = file.groups.flatMap((g, k) => (condition === null || mayHold(condition, g) ? [k] : []));
        // One group tells the lists of categories where no row is left.
        if (groups.length === 0 && tables.length === 0 && file === files.at(-1) && file.groups.length > 0)
          groups = [0];
        counts.groups += groups.length;
        counts.groupsSkipped += file.groups.length - groups.length;
        if (groups.length > 0 || files.length === 1) tables.push(await file.read({ columns, groups }));
        counts.bytes += file.bytesRead - before;
      }
      const [first, ...rest] = tables;
      if (first === undefined) return files[0].read({ columns, groups: [] });
      return first.concat(...rest);
    },
  };
}

export function requireTable(table: unknown, where: string): Table {
  if (!(table instanceof Table)) throw argumentError(where, "table", table, "a Table");
  return table;
}
