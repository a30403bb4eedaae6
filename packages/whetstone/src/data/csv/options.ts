import {
  bool,
  custom,
  either,
  int,
  oneOf,
  optional,
  type ParamInput,
  parseParams,
} from "../../contract/index.ts";
import type { ParamValues } from "../../contract/params.ts";
import type { ColumnKind } from "../table/index.ts";

/** Texts that stand for a missing value when nothing else is said. Upper and lower case differ. */
export const MISSING_TOKENS: readonly string[] = [
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "<NA>",
  "null",
  "NULL",
  "Null",
  "NaN",
  "nan",
  "-NaN",
  "-nan",
  "?",
  "-",
];

const KINDS: readonly string[] = ["number", "category", "date", "text", "boolean"];

const isText = (v: unknown): v is string => typeof v === "string";
const texts = (v: unknown) => Array.isArray(v) && v.every(isText);

/** One character that a byte can hold and that cannot be part of a number or a line end. */
const separator = (o: { readonly doc: string; readonly default: string | null }) =>
  custom<string | null>({
    ...o,
    expected: "one ASCII character or null",
    accepts: (v) =>
      v === null || (isText(v) && v.length === 1 && v.charCodeAt(0) < 128 && !/[\w\r\n]/.test(v)),
  });

/** Options of `readCsv`; see each entry's `doc`. */
export const CSV_OPTIONS = {
  delimiter: either(
    oneOf(["auto"], { default: "auto", doc: "Character between fields; auto chooses among , ; tab and |" }),
    separator({ default: ",", doc: "" }),
  ),
  header: either(
    oneOf(["auto"], {
      default: "auto",
      doc: "Whether the first line holds names; auto takes it for data only where numbers or dates stand above numbers or dates",
    }),
    bool({ default: true, doc: "" }),
  ),
  names: custom<readonly string[] | null>({
    default: null,
    doc: "Names of the columns, instead of those of the header",
    expected: "an array of distinct strings or null",
    accepts: (v) => v === null || (texts(v) && new Set(v as string[]).size === (v as string[]).length),
  }),
  useColumns: custom<readonly string[] | null>({
    default: null,
    doc: "Names of the only columns to read",
    expected: "an array of strings or null",
    accepts: (v) => v === null || texts(v),
  }),
  dtypes: custom<Readonly<Record<string, ColumnKind>>>({
    default: {},
    doc: "Kinds of columns by name; the other columns are inferred",
    expected: `an object from column names to ${KINDS.join(", ")}`,
    accepts: (v) =>
      v !== null &&
      typeof v === "object" &&
      !Array.isArray(v) &&
      Object.values(v).every((k) => KINDS.includes(k)),
  }),
  nRows: optional(int({ min: 0, default: 0, doc: "Most rows to read; null reads all" })),
  skipRows: int({ min: 0, default: 0, doc: "Lines to skip at the start of the file" }),
  comment: separator({ default: null, doc: "Lines that start with this character are skipped" }),
  quote: separator({ default: '"', doc: "Character around fields; doubled inside them" }),
  decimal: oneOf(["auto", ".", ","], {
    default: "auto",
    doc: "Decimal mark; auto takes the comma where only that makes numbers",
  }),
  thousands: separator({ default: null, doc: "Mark between groups of three digits" }),
  missing: custom<readonly string[]>({
    default: MISSING_TOKENS,
    doc: "Texts that stand for a missing value",
    expected: "an array of strings",
    accepts: texts,
  }),
  quotedMissing: either(
    oneOf(["auto"], {
      default: "auto",
      doc: "Whether a quoted NA or empty text is missing; auto says yes in columns that quote every value needlessly",
    }),
    bool({ default: false, doc: "" }),
  ),
  dateOrder: oneOf(["auto", "dmy", "mdy"], {
    default: "auto",
    doc: "How 03/04/2021 is read; auto looks for a day above 12 and reports when it finds none",
  }),
  badRows: oneOf(["error", "skip", "repair"], {
    default: "error",
    doc: "What happens to a row with too many fields: an error, left out, or cut. Too few fields are filled with missing values unless it is skip",
  }),
  encoding: oneOf(["auto", "utf-8", "utf-16le", "utf-16be", "latin1"], {
    default: "auto",
    doc: "Encoding of bytes; auto reads byte order marks, then UTF-8, then Latin-1 (windows-1252)",
  }),
  trim: bool({ default: true, doc: "Drop spaces around unquoted fields" }),
  maxCategories: int({
    min: 0,
    default: 1000,
    doc: "Text with more distinct values than this, or than half its rows when above ten, is kept as text",
  }),
} as const;

/**
 * How a CSV file is read; {@link readCsv} finds out from the first lines what is not said, and tells it in `notes`. All
 * may be left out.
 */
export type CsvOptions = ParamInput<typeof CSV_OPTIONS>;
export type CsvSettings = ParamValues<typeof CSV_OPTIONS>;

export function readOptions(where: string, options: CsvOptions): CsvSettings {
  return parseParams(where, CSV_OPTIONS, options);
}
