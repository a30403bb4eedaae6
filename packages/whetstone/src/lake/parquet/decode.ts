import { formatError, show } from "../../errors.ts";
import { crc32 } from "./crc32.ts";
import { decodeHybrid } from "./hybrid.ts";
import { type Chunk, CODEC, ENCODING, Fields, type FileColumn, PAGE, readStruct, TYPE } from "./metadata.ts";
import { unsnappy } from "./snappy.ts";

/** Values of a column in one group of rows. */
export type Part =
  /** Numbers, dates (milliseconds) and booleans (0, 1); NaN is missing. */
  | { readonly form: "numbers"; readonly values: Float64Array }
  /** Text by its place in a list of words; -1 is missing. */
  | { readonly form: "words"; readonly codes: Int32Array; readonly words: readonly string[] }
  | { readonly form: "texts"; readonly values: (string | null)[] };

type Values = Float64Array | string[];

interface Page {
  readonly kind: number;
  readonly count: number;
  readonly encoding: number;
  /** Levels and values, uncompressed. */
  readonly levels: Uint8Array | null;
  readonly body: Uint8Array;
}

/** Decodes all pages of a chunk whose bytes these are. */
export async function decodeChunk(
  bytes: Uint8Array,
  chunk: Chunk,
  column: FileColumn,
  where: string,
): Promise<Part> {
  const damaged = (sentence: string) =>
    formatError(where, `column ${show(column.name)} is damaged: ${sentence}`);
  const rows = chunk.values;
  const isText = column.type === TYPE.bytes;
  const numbers = isText ? null : new Float64Array(rows).fill(Number.NaN);
  const codes = isText ? new Int32Array(rows).fill(-1) : null;
  let texts: (string | null)[] | null = null;
  let dictionary: Values | null = null;
  let position = 0;
  for (let row = 0; row < rows; ) {
    if (position >= bytes.length) throw damaged("its pages hold fewer values than its description says");
    const { page, end } = await readPage(bytes, position, chunk, column, where);
    position = end;
    if (page.kind === PAGE.dictionary) {
      if (dictionary !== null) throw damaged("it has two dictionaries");
      dictionary = plainValues(page.body, page.count, column, where, damaged);
      continue;
    }
    if (row + page.count > rows) throw damaged("its pages hold more values than its description says");
    const { levels, present, rest } = presence(page, column, damaged);
    const coded = page.encoding === ENCODING.rleDictionary || page.encoding === ENCODING.plainDictionary;
    const indices: Int32Array | null = coded ? placesIn(dictionary, rest, present, damaged) : null;
    const plain = coded ? null : pageValues(page, rest, present, column, where, damaged);
    // Text without a dictionary turns the whole chunk into strings.
    if (isText && plain !== null && texts === null)
      texts = Array.from({ length: rows }, (_, i) =>
        i < row && codes![i] >= 0 ? (dictionary as string[])[codes![i]] : null,
      );
    let k = 0;
    for (let i = 0; i < page.count; i++) {
      if (levels !== null && levels[i] === 0) continue;
      if (numbers !== null)
        numbers[row + i] = (plain !== null ? plain[k] : dictionary![indices![k]]) as number;
      else if (texts !== null)
        texts[row + i] = (plain !== null ? plain[k] : dictionary![indices![k]]) as string;
      else codes![row + i] = indices![k];
      k++;
    }
    row += page.count;
  }
  if (numbers !== null) return { form: "numbers", values: numbers };
  if (texts !== null) return { form: "texts", values: texts };
  return { form: "words", codes: codes!, words: (dictionary as string[] | null) ?? [] };
}

async function readPage(
  bytes: Uint8Array,
  position: number,
  chunk: Chunk,
  column: FileColumn,
  where: string,
): Promise<{ page: Page; end: number }> {
  const what = `head of a page of column ${show(column.name)}`;
  const damaged = (sentence: string) =>
    formatError(where, `column ${show(column.name)} is damaged: ${sentence}`);
  const { fields, end: bodyStart } = readStruct(bytes, position, what, where);
  const head = new Fields(fields, what, where);
  const kind = head.count(1);
  const size = head.count(3);
  const plainSize = head.count(2);
  const end = bodyStart + size;
  if (end > bytes.length) throw damaged("a page is longer than the column");
  const packed = bytes.subarray(bodyStart, end);
  // The checksum is a signed 32-bit number.
  if (head.has(4) && head.int(4) !== crc32(packed)) throw damaged("the checksum of a page is wrong");
  if (kind === PAGE.dataV2) {
    const v2 = head.struct(8);
    const levelBytes = v2.count(5);
    if (v2.count(6) !== 0 || levelBytes > size || levelBytes > plainSize)
      throw damaged("the levels of a page are longer than the page");
    const rest = packed.subarray(levelBytes);
    const codec = v2.flag(7, true) ? chunk.codec : CODEC.none;
    const body = await unpacked(rest, plainSize - levelBytes, codec, column, where);
    const page = {
      kind: PAGE.data,
      count: v2.count(1),
      encoding: v2.count(4),
      levels: packed.subarray(0, levelBytes),
      body,
    };
    return { page, end };
  }
  if (kind !== PAGE.data && kind !== PAGE.dictionary) throw damaged(`a page has the unknown kind ${kind}`);
  const body = await unpacked(packed, plainSize, chunk.codec, column, where);
  const own = head.struct(kind === PAGE.data ? 5 : 7);
  const page = { kind, count: own.count(1), encoding: own.count(2), levels: null, body };
  if (kind === PAGE.data && column.optional && own.count(3) !== ENCODING.rle)
    throw damaged(`its levels have the encoding ${own.count(3)}, which is not read`);
  if (
    kind === PAGE.dictionary &&
    page.encoding !== ENCODING.plain &&
    page.encoding !== ENCODING.plainDictionary
  )
    throw damaged(`its dictionary has the encoding ${page.encoding}`);
  return { page, end };
}

async function unpacked(
  packed: Uint8Array,
  size: number,
  codec: number,
  column: FileColumn,
  where: string,
): Promise<Uint8Array> {
  const damaged = () =>
    formatError(where, `column ${show(column.name)} is damaged: a page cannot be decompressed`);
  if (codec === CODEC.none) {
    if (packed.length !== size) throw damaged();
    return packed;
  }
  // Neither format makes bytes more than about a thousand times fewer; a damaged size asks for no memory.
  if (size > packed.length * 1100 + 1000) throw damaged();
  if (codec === CODEC.snappy) {
    const out = unsnappy(packed, size);
    if (out === null) throw damaged();
    return out;
  }
  if (codec === CODEC.gzip) {
    try {
      const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream("gzip"));
      const out = new Uint8Array(await new Response(stream).arrayBuffer());
      if (out.length === size) return out;
    } catch {
      // The sentence below says it.
    }
    throw damaged();
  }
  const names = ["none", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4"];
  throw formatError(
    where,
    `column ${show(column.name)} is compressed with ${names[codec] ?? `codec ${codec}`}, expected Snappy, gzip or no compression`,
  );
}

/** Which rows of a page have a value (null: all), how many, and the bytes of the values. */
function presence(
  page: Page,
  column: FileColumn,
  damaged: (sentence: string) => Error,
): { levels: Int32Array | null; present: number; rest: Uint8Array } {
  if (!column.optional) return { levels: null, present: page.count, rest: page.body };
  let coded = page.levels;
  let rest = page.body;
  if (coded === null) {
    const size = rest.length < 4 ? -1 : new DataView(rest.buffer, rest.byteOffset).getInt32(0, true);
    if (size < 0 || size + 4 > rest.length) throw damaged("the levels of a page are longer than the page");
    coded = rest.subarray(4, 4 + size);
    rest = rest.subarray(4 + size);
  }
  const levels = decodeHybrid(coded, 1, page.count);
  if (levels === null) throw damaged("the levels of a page are cut off");
  let present = 0;
  for (let i = 0; i < levels.length; i++) present += levels[i];
  return { levels, present, rest };
}

function placesIn(
  dictionary: Values | null,
  rest: Uint8Array,
  present: number,
  damaged: (sentence: string) => Error,
): Int32Array {
  if (dictionary === null) throw damaged("it refers to a dictionary that is not there");
  if (present === 0) return new Int32Array(0);
  const width = rest.length === 0 ? 99 : rest[0];
  const indices = width > 32 ? null : decodeHybrid(rest.subarray(1), width, present);
  if (indices === null) throw damaged("a page is cut off");
  for (let i = 0; i < indices.length; i++)
    if (indices[i] < 0 || indices[i] >= dictionary.length)
      throw damaged("it refers to a word that its dictionary lacks");
  return indices;
}

function pageValues(
  page: Page,
  rest: Uint8Array,
  present: number,
  column: FileColumn,
  where: string,
  damaged: (sentence: string) => Error,
): Values {
  if (page.encoding === ENCODING.plain) return plainValues(rest, present, column, where, damaged);
  if (page.encoding === ENCODING.rle && column.type === TYPE.boolean) {
    const bits = rest.length < 4 ? null : decodeHybrid(rest.subarray(4), 1, present);
    if (bits === null) throw damaged("a page is cut off");
    return Float64Array.from(bits);
  }
  throw formatError(
    where,
    `column ${show(column.name)} has values in the encoding ${page.encoding}, expected PLAIN, RLE or a dictionary`,
  );
}

function plainValues(
  bytes: Uint8Array,
  count: number,
  column: FileColumn,
  where: string,
  damaged: (sentence: string) => Error,
): Values {
  const { type } = column;
  if (type === TYPE.bytes) return plainTexts(bytes, count, damaged);
  if (type === TYPE.boolean) {
    if (bytes.length !== Math.ceil(count / 8)) throw damaged("a page has the wrong length");
    return Float64Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
  }
  const width = type === TYPE.int32 || type === TYPE.float ? 4 : 8;
  if (bytes.length !== count * width) throw damaged("a page has the wrong length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++, at += width) out[i] = numberAt(view, at, column, where);
  return out;
}

const DAY = 86_400_000;

/** One number as the column means it; dates in milliseconds. */
export function numberAt(view: DataView, at: number, column: FileColumn, where: string): number {
  const { type, meaning } = column;
  if (type === TYPE.double) return view.getFloat64(at, true);
  if (type === TYPE.float) return view.getFloat32(at, true);
  if (type === TYPE.int32) {
    const v = meaning === "unsigned" ? view.getUint32(at, true) : view.getInt32(at, true);
    return meaning === "days" ? v * DAY : v;
  }
  const high = meaning === "unsigned" ? view.getUint32(at + 4, true) : view.getInt32(at + 4, true);
  const v = high * 2 ** 32 + view.getUint32(at, true);
  const ticks = meaning === "microseconds" ? 1000 : meaning === "nanoseconds" ? 1_000_000 : 1;
  if (Number.isSafeInteger(v)) return v / ticks;
  if (ticks > 1) {
    const exact = view.getBigInt64(at, true);
    return Number(exact / BigInt(ticks)) + Number(exact % BigInt(ticks)) / ticks;
  }
  throw formatError(
    where,
    `column ${show(column.name)} holds whole numbers beyond 2^53, which a number column cannot: leave it out of columns`,
  );
}

function plainTexts(bytes: Uint8Array, count: number, damaged: (sentence: string) => Error): string[] {
  if (count * 4 > bytes.length) throw damaged("a page has the wrong length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const out = new Array<string>(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const size = at + 4 > bytes.length ? -1 : view.getInt32(at, true);
    if (size < 0 || at + 4 + size > bytes.length) throw damaged("a page has the wrong length");
    try {
      out[i] = decoder.decode(bytes.subarray(at + 4, at + 4 + size));
    } catch {
      throw damaged("a text is not UTF-8");
    }
    at += 4 + size;
  }
  if (at !== bytes.length) throw damaged("a page has the wrong length");
  return out;
}
