const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const SPLIT = 134217729; // 2^27 + 1, for Dekker's exact product
const MAX_EXACT = 9007199254740992;

/** Bytes that matter to a number. */
export interface NumberFormat {
  /** Code of the decimal mark. */
  readonly decimal: number;
  /** Code of the mark between thousands, or -1. */
  readonly thousands: number;
  /**
   * Refuse what would lose something as a number: leading zeros ("007") and integers beyond 2^53. Both are
   * names made of digits more often than they are quantities.
   */
  readonly strict: boolean;
}

/**
 * The number in bytes [from, to), or NaN where they hold none. Correctly rounded, as `Number(text)` is:
 * up to 15 digits are exact in double arithmetic (Clinger 1990); more are computed with twice the precision
 * and handed to `Number` in the rare case that this leaves the last bit open.
 */
export function parseNumber(bytes: Uint8Array, from: number, to: number, format: NumberFormat): number {
  const negative = from < to && bytes[from] === 45;
  const first = negative ? from + 1 : from;
  // Two whole numbers of at most nine digits each hold what most fields hold; their arithmetic is the fastest.
  let i = first;
  let head = 0;
  let stop = Math.min(to, i + 9);
  for (; i < stop; i++) {
    const d = bytes[i]! - 48;
    if (d < 0 || d > 9) break;
    head = head * 10 + d;
  }
  const whole = i - first;
  if (whole === 0 || (whole > 1 && bytes[first] === 48)) return parseAnyNumber(bytes, from, to, format);
  if (i === to) return negative ? -head : head;
  if (bytes[i] !== format.decimal) return parseAnyNumber(bytes, from, to, format);
  const point = ++i;
  if (head === 0) while (i < to && bytes[i] === 48) i++;
  for (stop = Math.min(to, head === 0 ? i + 9 : i + 9 - whole); i < stop; i++) {
    const d = bytes[i]! - 48;
    if (d < 0 || d > 9) break;
    head = head * 10 + d;
  }
  const middle = i;
  let tail = 0;
  for (stop = Math.min(to, i + 9); i < stop; i++) {
    const d = bytes[i]! - 48;
    if (d < 0 || d > 9) break;
    tail = tail * 10 + d;
  }
  const places = i - point;
  if (i < to || places === 0 || places > 22) return parseAnyNumber(bytes, from, to, format);
  const more = i - middle;
  let value: number;
  if (more === 0) value = head / POWERS[places]!;
  else if (more <= 6) value = (head * POWERS[more]! + tail) / POWERS[places]!;
  else {
    value = divideWide(head, tail, POWERS[more]!, POWERS[places]!);
    if (Number.isNaN(value)) return parseAnyNumber(bytes, from, to, format);
  }
  return negative ? -value : value;
}

/** As {@link parseNumber}, for every form that a number can have. */
function parseAnyNumber(bytes: Uint8Array, from: number, to: number, format: NumberFormat): number {
  let i = from;
  let negative = false;
  let c = i < to ? bytes[i]! : 0;
  if (c === 45 || c === 43) {
    negative = c === 45;
    i++;
  }
  const { decimal, thousands } = format;
  const digitsFrom = i;
  let high = 0; // the first 15 significant digits
  let low = 0; // the digits after those
  let count = 0; // significant digits, leading zeros not counted
  let any = 0;
  let scale = 0;
  for (; i < to; i++) {
    const d = bytes[i]! - 48;
    if (d >= 0 && d <= 9) {
      any++;
      if (count < 15) {
        high = high * 10 + d;
        if (high !== 0) count++;
      } else {
        low = low * 10 + d;
        count++;
      }
    } else if (bytes[i] !== thousands || !isGroup(bytes, i, to, decimal, thousands, any)) break;
  }
  const integerDigits = any;
  let isInteger = true;
  if (i < to && bytes[i] === decimal) {
    isInteger = false;
    i++;
    const start = i;
    for (; i < to; i++) {
      const d = bytes[i]! - 48;
      if (d < 0 || d > 9) break;
      if (count < 15) {
        high = high * 10 + d;
        if (high !== 0) count++;
      } else {
        low = low * 10 + d;
        count++;
      }
    }
    any += i - start;
    scale = start - i;
  }
  if (any === 0) return infinity(bytes, i, to, negative);
  if (i < to) {
    c = bytes[i]! | 32;
    if (c !== 101) return Number.NaN; // e or E
    isInteger = false;
    i++;
    let sign = 1;
    if (i < to && (bytes[i] === 45 || bytes[i] === 43)) sign = bytes[i++] === 45 ? -1 : 1;
    const start = i;
    let exponent = 0;
    for (; i < to; i++) {
      const d = bytes[i]! - 48;
      if (d < 0 || d > 9) return Number.NaN;
      if (exponent < 100000) exponent = exponent * 10 + d;
    }
    if (i === start) return Number.NaN;
    scale += sign * exponent;
  }
  if (format.strict && isInteger) {
    if (integerDigits > 1 && bytes[digitsFrom] === 48) return Number.NaN;
    if (count > 15 && (count > 16 || high * 10 + low > MAX_EXACT)) return Number.NaN;
  }
  let value: number;
  if (count <= 15) {
    if (scale === 0) value = high;
    else if (scale < 0 && scale >= -22) value = high / POWERS[-scale]!;
    else if (scale > 0 && scale <= 22) value = high * POWERS[scale]!;
    else value = high === 0 ? 0 : slowNumber(bytes, digitsFrom, to, format);
  } else {
    value =
      count <= 22 && scale <= 0 && scale >= -22
        ? divideWide(high, low, POWERS[count - 15]!, POWERS[-scale]!)
        : Number.NaN;
    if (Number.isNaN(value)) value = slowNumber(bytes, digitsFrom, to, format);
  }
  return negative ? -value : value;
}

/**
 * (high * shift + low) / divisor, correctly rounded, or NaN where the rounding is in doubt. All four are exact
 * integers; the quotient is held as a sum of two doubles (Dekker 1971).
 */
function divideWide(high: number, low: number, shift: number, divisor: number): number {
  let product = high * shift;
  let error = productError(high, shift, product);
  const sum = product + low;
  error += low - (sum - product);
  product = sum;
  const quotient = product / divisor;
  const back = quotient * divisor;
  const remainder = product - back - productError(quotient, divisor, back) + error;
  const correction = remainder / divisor;
  const doubt = Math.abs(quotient) * 2e-30 + Math.abs(correction) * 1e-14;
  const value = quotient + (correction - doubt);
  return value === quotient + (correction + doubt) ? value : Number.NaN;
}

/** a * b - p, exactly. */
function productError(a: number, b: number, p: number): number {
  const at = a * SPLIT;
  const ah = at - (at - a);
  const al = a - ah;
  const bt = b * SPLIT;
  const bh = bt - (bt - b);
  const bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

function slowNumber(bytes: Uint8Array, from: number, to: number, format: NumberFormat): number {
  let text = "";
  for (let i = from; i < to; i++) {
    const c = bytes[i]!;
    if (c === format.thousands) continue;
    text += c === format.decimal ? "." : String.fromCharCode(c);
  }
  return Number(text);
}

/** A thousands mark must stand between digits and before exactly three of them. */
function isGroup(
  bytes: Uint8Array,
  at: number,
  to: number,
  decimal: number,
  thousands: number,
  before: number,
): boolean {
  if (before === 0 || at + 3 >= to) return false;
  // The first group is the only one that may be shorter than three digits, and it is never longer.
  if (before > 3 && bytes[at - 4] !== thousands) return false;
  for (let k = 1; k <= 3; k++) {
    const d = bytes[at + k]! - 48;
    if (d < 0 || d > 9) return false;
  }
  const next = at + 4 < to ? bytes[at + 4]! : decimal;
  return next === decimal || next === thousands || (next | 32) === 101;
}

function infinity(bytes: Uint8Array, from: number, to: number, negative: boolean): number {
  const length = to - from;
  if (length !== 3 && length !== 8) return Number.NaN;
  const word = String.fromCharCode(...bytes.subarray(from, to)).toLowerCase();
  if (word !== "inf" && word !== "infinity") return Number.NaN;
  return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
