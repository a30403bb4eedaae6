/** Prints the files that our writer makes of the tables, in base 64. The library must be built. */
import { Table } from "../../packages/whetstone/dist/data/index.js";
import { writeParquet } from "../../packages/whetstone/dist/lake/index.js";
import { tables } from "./tables.mjs";

const files = tables(Table).map(({ table, options }) => writeParquet(table, options));
console.log(JSON.stringify(files.map((bytes) => Buffer.from(bytes).toString("base64"))));
