export { type ByteSource, type CsvChunkOptions, readCsvChunks } from "./chunks.ts";
export { CSV_OPTIONS, type CsvOptions, MISSING_TOKENS } from "./options.ts";
export { type CsvResult, readCsv } from "./read.ts";
export type { Dialect } from "./sniff.ts";
export { type CsvWriteOptions, writeCsv } from "./write.ts";
