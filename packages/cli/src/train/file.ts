import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { closestNames } from "whetstone/data";
import { Failure } from "../failure.ts";
import { fileSize } from "../terminal.ts";
import { count, quoted } from "./words.ts";

/** Bytes of one string or buffer that Node can hold and that are worth reading at once. */
const MOST_BYTES = 2 ** 31 - 1;

/** Beginnings of files that are mistaken for CSV. */
const FOREIGN: readonly (readonly [magic: readonly number[], sentence: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "is an Excel workbook or a zip archive: save it as CSV first."],
  [[0xd0, 0xcf, 0x11, 0xe0], "is an old Excel workbook: save it as CSV first."],
  [[0x1f, 0x8b], "is compressed (gzip): unpack it first."],
  [[0x28, 0xb5, 0x2f, 0xfd], "is compressed (zstd): unpack it first."],
  [[0x42, 0x5a, 0x68], "is compressed (bzip2): unpack it first."],
  [[0x50, 0x41, 0x52, 0x31], "is a Parquet file: save it as CSV first."],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], "is an Arrow file: save it as CSV first."],
  [[0x25, 0x50, 0x44, 0x46], "is a PDF: save the table as CSV first."],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], "is an SQLite database: export the table as CSV first."],
];

/** The bytes of a text file; what is no text file is refused with what to do. */
export function readTextFile(file: string, notes: string[]): Uint8Array {
  const bytes = readBytes(file);
  const name = quoted(file);
  if (bytes.every(isBlank)) throw new Failure(`${name} is empty: it needs a header line and rows.`);
  for (const [magic, sentence] of FOREIGN) {
    if (magic.every((byte, i) => bytes[i] === byte)) throw new Failure(`${name} ${sentence}`);
  }
  const first = bytes.findIndex((byte) => !isBlank(byte));
  if (isJson(bytes, first)) throw new Failure(`${name} holds JSON: save it as CSV first.`);
  return isUtf16(bytes) ? bytes : withoutNulBytes(bytes, name, notes);
}

function readBytes(file: string): Uint8Array {
  try {
    const { size } = statFile(file);
    if (size > MOST_BYTES) {
      throw new Failure(
        `${quoted(file)} has ${fileSize(size)}, and at most 2 GB are read: take a sample of its rows.`,
      );
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Failure(`there is no file ${quoted(file)}${nearFiles(file)}`);
    if (code === "EACCES" || code === "EPERM") throw new Failure(`${quoted(file)} may not be read.`);
    throw new Failure(`cannot read ${quoted(file)}: ${message}.`);
  }
}

function statFile(file: string): { readonly size: number } {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat;
  const inside = readdirSync(file).filter((name) => /\.(csv|tsv|txt)$/i.test(name));
  const advice = inside.length > 0 ? `, such as ${quoted(join(file, inside[0]!))}` : "";
  throw new Failure(`${quoted(file)} is a folder: give a CSV file${advice}.`);
}

function nearFiles(file: string): string {
  try {
    const near = closestNames(basename(file), readdirSync(dirname(file)));
    if (near.length === 0) return ".";
    return `; did you mean ${near.map((name) => quoted(join(dirname(file), name))).join(" or ")}?`;
  } catch {
    return `: there is no folder ${quoted(dirname(file))} either.`;
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

/** `[` or `{` and then what JSON goes on with; a CSV may well start with `[id],name`. */
function isJson(bytes: Uint8Array, first: number): boolean {
  const start = new TextDecoder().decode(bytes.subarray(first, first + 200)).trim();
  return /^\[\s*[[{]/.test(start) || /^\{\s*"(?:[^"\\]|\\.)*"\s*:/.test(start);
}

/** By byte order mark, or by zeros in every other place. */
function isUtf16(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  const zeros = [0, 0];
  const probe = Math.min(bytes.length & ~1, 512);
  for (let i = 0; i < probe; i++) if (bytes[i] === 0) zeros[i & 1]!++;
  const most = Math.max(zeros[0]!, zeros[1]!);
  return probe >= 4 && most > probe / 4 && Math.min(zeros[0]!, zeros[1]!) === 0;
}

/** A few zero bytes are damage that can be cut out; many control characters are no text. */
function withoutNulBytes(bytes: Uint8Array, name: string, notes: string[]): Uint8Array {
  let nul = 0;
  let control = 0;
  for (const byte of bytes) {
    if (byte === 0) nul++;
    else if (byte < 32 && !isBlank(byte)) control++;
  }
  if (nul + control > bytes.length / 50) throw new Failure(`${name} is a binary file, not a CSV file.`);
  if (nul === 0) return bytes;
  notes.push(`${count(nul, "zero byte")} cut out of the text`);
  return bytes.filter((byte) => byte !== 0);
}
