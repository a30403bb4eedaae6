/** How day and month stand in a date written with numbers. */
export type DateOrder = "dmy" | "mdy";

/** Milliseconds since 1970 under both readings; equal where the text leaves no doubt, NaN where a reading is impossible. */
export interface DateReadings {
  dmy: number;
  mdy: number;
  /** The mark between day and month where their order matters, else "". */
  mark: string;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = String.raw`(?:[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${TIME}`);
const YEAR_MONTH = /^(\d{4})-(\d{2})$/;
const NUMERIC = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${TIME}`);
const DAY_NAME_YEAR = new RegExp(String.raw`^(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})${TIME}`);
const NAME_DAY_YEAR = new RegExp(String.raw`^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})${TIME}`);

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar, NaN where there is no such date. */
function days(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1) return Number.NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const longest =
    month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (day > longest) return Number.NaN;
  // Years that begin in March put the leap day last.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const inEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + dayOfYear - 719468;
}

const DAY = 86_400_000;

/**
 * A date in one of the common forms: ISO 8601 with or without a time, year first with / or ., day and month as
 * numbers in either order, or with the month's English name. A time without a zone is taken as UTC. Null
 * where the text is none of these.
 */
export function parseDate(text: string): DateReadings | null {
  let m = YEAR_FIRST.exec(text);
  if (m) return both(days(Number(m[1]), Number(m[3]), Number(m[4])), clock(m, 5));
  m = NUMERIC.exec(text);
  if (m) {
    const mark = m[2]!;
    const short = m[4]!.length === 2;
    // 1.2.21 and 1-2-21 are as often something else.
    if (short && mark !== "/") return null;
    let year = Number(m[4]);
    if (short) year += year < 69 ? 2000 : 1900;
    const time = clock(m, 5);
    const a = Number(m[1]);
    const b = Number(m[3]);
    return { dmy: days(year, b, a) * DAY + time, mdy: days(year, a, b) * DAY + time, mark };
  }
  m = YEAR_MONTH.exec(text);
  if (m) return both(days(Number(m[1]), Number(m[2]), 1), 0);
  m = DAY_NAME_YEAR.exec(text);
  if (m) return both(days(Number(m[3]), monthNumber(m[2]!), Number(m[1])), clock(m, 4));
  m = NAME_DAY_YEAR.exec(text);
  if (m) return both(days(Number(m[3]), monthNumber(m[1]!), Number(m[2])), clock(m, 4));
  return null;
}

function both(day: number, time: number): DateReadings | null {
  const value = day * DAY + time;
  return Number.isNaN(value) ? null : { dmy: value, mdy: value, mark: "" };
}

function monthNumber(name: string): number {
  const known = MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  const full = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
  ][known - 1];
  const word = name.toLowerCase();
  return known > 0 && (word.length === 3 || word === full || word === "sept") ? known : 0;
}

/** Milliseconds of the six time groups of a match, starting at group g; NaN for an impossible time. */
function clock(m: RegExpExecArray, g: number): number {
  if (m[g] === undefined) return 0;
  let hour = Number(m[g]);
  const minute = Number(m[g + 1]);
  const second = Number(m[g + 2] ?? 0);
  const fraction = m[g + 3] === undefined ? 0 : Number(`0.${m[g + 3]}`);
  const half = m[g + 4]?.[0]?.toLowerCase();
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return Number.NaN;
    hour = (hour % 12) + (half === "p" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const zone = m[g + 5];
  let offset = 0;
  if (zone !== undefined && /^[+-]/.test(zone)) {
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
    offset = zone[0] === "-" ? -minutes : minutes;
  }
  return ((hour * 60 + minute - offset) * 60 + second) * 1000 + Math.round(fraction * 1000);
}

/** `YYYY-MM-DD` and `YYYY-MM-DD hh:mm:ss` straight from bytes; NaN for everything else. */
export function parseIsoBytes(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if ((length !== 10 && length !== 19) || bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return Number.NaN;
  const year = two(bytes, from) * 100 + two(bytes, from + 2);
  const day = days(year, two(bytes, from + 5), two(bytes, from + 8));
  if (length === 10) return day * DAY;
  const mark = bytes[from + 10];
  if ((mark !== 32 && mark !== 84) || bytes[from + 13] !== 58 || bytes[from + 16] !== 58) return Number.NaN;
  const hour = two(bytes, from + 11);
  const minute = two(bytes, from + 14);
  const second = two(bytes, from + 17);
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return day * DAY + ((hour * 60 + minute) * 60 + second) * 1000;
}

function two(bytes: Uint8Array, at: number): number {
  const a = bytes[at]! - 48;
  const b = bytes[at + 1]! - 48;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : Number.NaN;
}
