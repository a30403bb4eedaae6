import { argumentError, formatError } from "../../errors.ts";

export interface Utf8 {
  readonly bytes: Uint8Array;
  /** No byte is above 127: offsets in bytes are offsets in characters. */
  readonly ascii: boolean;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "latin1";
  readonly notes: string[];
}

type Encoding = "auto" | Utf8["encoding"];

/** The input as UTF-8 bytes without a byte order mark. */
export function toUtf8(input: unknown, encoding: Encoding, where: string): Utf8 {
  if (typeof input === "string") {
    const text = input.charCodeAt(0) === 0xfeff ? input.slice(1) : input;
    const bytes = new TextEncoder().encode(text);
    return { bytes, ascii: bytes.length === text.length, encoding: "utf-8", notes: [] };
  }
  const bytes =
    input instanceof ArrayBuffer ? new Uint8Array(input) : input instanceof Uint8Array ? input : null;
  if (bytes === null) throw argumentError(where, "input", input, "a string or a Uint8Array");
  const known = encoding === "auto" && detectPlain(bytes);
  const found = known ? "utf-8" : encoding === "auto" ? detectEncoding(bytes) : encoding;
  if (found !== "utf-8") {
    const notes =
      encoding !== "auto"
        ? []
        : found === "latin1"
          ? ["the bytes are not UTF-8, so they are read as Latin-1 (windows-1252)"]
          : [`the file is ${found.toUpperCase()}`];
    const text = new TextDecoder(found === "latin1" ? "windows-1252" : found).decode(bytes);
    return { ...toUtf8(text, "utf-8", where), encoding: found, notes };
  }
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const body = start === 0 ? bytes : bytes.subarray(start);
  const ascii = known || isAscii(body);
  if (!ascii && encoding === "utf-8" && !isUtf8(body))
    throw formatError(where, 'the bytes are not UTF-8: pass encoding: "latin1" or the one they have');
  return { bytes: body, ascii, encoding: "utf-8", notes: [] };
}

/** Only ASCII and no zero bytes at the start, which is what most files are; one pass tells. */
function detectPlain(bytes: Uint8Array): boolean {
  for (let i = 0; i < 512 && i < bytes.length; i++) if (bytes[i] === 0) return false;
  return isAscii(bytes);
}

/** From the byte order mark, from zero bytes where UTF-16 has them, or by trial. */
export function detectEncoding(bytes: Uint8Array): Utf8["encoding"] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const probe = Math.min(bytes.length & ~1, 512);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < probe; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  if (probe >= 4 && odd > probe / 4 && even === 0) return "utf-16le";
  if (probe >= 4 && even > probe / 4 && odd === 0) return "utf-16be";
  return isAscii(bytes) || isUtf8(bytes) ? "utf-8" : "latin1";
}

export function isAscii(bytes: Uint8Array): boolean {
  let i = 0;
  const { length } = bytes;
  // Four bytes at a time where the memory allows it.
  while (i < length && ((bytes.byteOffset + i) & 3) !== 0) if (bytes[i++]! > 127) return false;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, (length - i) >> 2);
  let any = 0;
  let k = 0;
  for (const last = words.length - 3; k < last; k += 4)
    any |= words[k]! | words[k + 1]! | words[k + 2]! | words[k + 3]!;
  for (; k < words.length; k++) any |= words[k]!;
  if ((any & 0x80808080) !== 0) return false;
  for (i += words.length * 4; i < length; i++) if (bytes[i]! > 127) return false;
  return true;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
