export {
  type ByteFile,
  type ColumnStatistics,
  ParquetFile,
  type ParquetReadOptions,
  type RowGroup,
  readParquet,
} from "./read.ts";
export { type NumberType, type ParquetWriteOptions, writeParquet } from "./write.ts";
