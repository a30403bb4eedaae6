import type { Table } from "../../packages/whetstone/src/data/index.ts";
import type { ParquetWriteOptions } from "../../packages/whetstone/src/lake/index.ts";

export function tables(make: typeof Table): { table: Table; options: ParquetWriteOptions }[];
