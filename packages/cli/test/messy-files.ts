/** Files as bad as real ones are, each made from a seed. */
import { randomStream } from "whetstone/math";

export interface Person {
  readonly id: number;
  readonly age: number;
  readonly income: number;
  readonly city: string;
  readonly joined: Date;
  readonly churned: boolean;
}

/** People whose churn depends on age and income, with noise: no column gives it away. */
export function people(n: number, seed = 1): Person[] {
  const rng = randomStream(seed);
  const cities = ["Oslo", "Rome", "Köln", "São Paulo", "New York"];
  return Array.from({ length: n }, (_, i) => {
    const age = 18 + Math.floor(rng.uniform() * 60);
    const income = Math.round((20_000 + rng.uniform() * 80_000) * 100) / 100;
    const logit = (age - 45) / 8 + (60_000 - income) / 20_000 + rng.normal();
    return {
      id: 1000 + i * 3,
      age,
      income,
      city: cities[Math.floor(rng.uniform() * cities.length)]!,
      joined: new Date(Date.UTC(2015, 0, 1) + Math.floor(rng.uniform() * 3000) * 86_400_000),
      churned: logit > 0,
    };
  });
}

export const csv = (
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  lineEnd = "\n",
): string => [header, ...rows].map((row) => row.join(",")).join(lineEnd) + lineEnd;

const yes = (p: Person) => (p.churned ? "yes" : "no");
const plain = (p: Person) => [p.age, p.income, p.city, yes(p)] as const;
const HEADER = ["age", "income", "city", "churned"];

/** What a file must lead to: a model, or a sentence with an exit code. */
export interface MessyFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly target?: string;
  readonly args?: readonly string[];
  /** A model must come out; every pattern must occur in what is printed. */
  readonly model?: readonly RegExp[];
  /** No model; the exit code and what the sentence must say. */
  readonly refused?: { readonly code: 1 | 2; readonly says: RegExp };
}

export function messyFiles(): MessyFile[] {
  const list = people(300);
  const rng = randomStream(9);
  const german = (v: number) => String(v).replace(".", ",");
  return [
    {
      name: "byte order mark and CRLF",
      content: `\ufeff${csv(HEADER, list.map(plain), "\r\n")}`,
      model: [/Target {3}churned: 2 classes/, /3 used: 2 numbers, 1 category/],
    },
    {
      name: "semicolons and decimal commas",
      content: `${HEADER.join(";")}\n${list.map((p) => [p.age, german(p.income), p.city, yes(p)].join(";")).join("\n")}`,
      model: [/2 numbers, 1 category/],
    },
    {
      name: "quoted line ends, delimiters and quotes",
      content: csv(
        [...HEADER, '"a ""note"", really"'],
        list.map((p, i) => [
          p.age,
          p.income,
          `"${p.city},\nEurope"`,
          yes(p),
          i % 2 ? '"said ""so"""' : '"line\nend"',
        ]),
      ),
      model: [/300 rows/, /2 numbers, 2 categories/],
    },
    {
      name: "missing tokens",
      content: csv(
        HEADER,
        list.map((p, i) => [
          i % 7 ? p.age : "NA",
          i % 11 ? p.income : "?",
          i % 13 ? p.city : "",
          i % 50 ? yes(p) : "null",
        ]),
      ),
      model: [/6 rows without a target left out/, /Missing {2}age 14 %, income 9.2 %, city 7.8 %/],
    },
    {
      name: "words among numbers",
      content: csv(
        HEADER,
        list.map((p, i) => [
          i % 29 ? p.age : "unknown",
          `"$${p.income.toLocaleString("en-US")}"`,
          p.city,
          yes(p),
        ]),
      ),
      model: [/"age" holds numbers and "unknown" \(11 rows\)/, /2 numbers, 1 category/],
    },
    {
      name: "words among the numbers of the target",
      content: csv(
        ["age", "city", "income"],
        list.map((p, i) => [p.age, p.city, i % 30 ? p.income : "not told"]),
      ),
      target: "income",
      model: [/10 rows without a target left out/, /Task {5}regression/],
    },
    {
      name: "dates with the day first",
      content: csv(
        ["joined", "income", "churned"],
        list.map((p) => [
          `${p.joined.getUTCDate()}.${p.joined.getUTCMonth() + 1}.${p.joined.getUTCFullYear()}`,
          p.income,
          yes(p),
        ]),
      ),
      model: [/1 number, 1 date/, /"joined" holds dates, and rows are split at random/],
    },
    {
      name: "free text and repeated names",
      content: csv(
        [...HEADER, "comment", "street"],
        list.map((p, i) => [
          ...plain(p),
          `"comment number ${i % 290} of many"`,
          `"street ${Math.floor(rng.uniform() * 60)}"`,
        ]),
      ),
      model: [/"comment" is free text \(290 different values in 300 rows\)/, /2 categories/],
    },
    {
      name: "an id and a row number",
      content: csv(
        ["", "customer_id", ...HEADER],
        list.map((p, i) => [i, p.id, ...plain(p)]),
      ),
      model: [
        /"column_1" counts the rows/,
        /"customer_id" is a different whole number in every row/,
        /3 used/,
      ],
    },
    {
      name: "a leaking copy",
      content: csv(
        [...HEADER, "churn_code", "cancelled_on"],
        list.map((p, i) => [
          ...plain(p),
          p.churned ? "C1" : "C0",
          p.churned ? `2024-0${1 + (i % 9)}-11` : "",
        ]),
      ),
      model: [
        /! "churn_code" tells the target "churned" apart in every row, value for value: a copy/,
        /! "cancelled_on" is filled in for one class of "churned" and for no other/,
        /3 used/,
      ],
    },
    {
      name: "a leaking number",
      content: csv(
        [...HEADER, "risk"],
        list.map((p) => [...plain(p), (p.churned ? 5 : 0) + Math.round(rng.uniform() * 400) / 100]),
      ),
      model: [/! "risk" alone gives the right answer/, /4 used/],
    },
    {
      name: "a constant and an empty column",
      content: csv(
        ["country", "fax", ...HEADER],
        list.map((p) => ["NO", "", ...plain(p)]),
      ),
      model: [/"country" is "NO" in every row/, /"fax" has no value in any row/, /3 used/],
    },
    {
      name: "a tiny file",
      content: csv(HEADER, people(14, 3).map(plain)),
      model: [/14 rows/],
    },
    {
      name: "too few rows",
      content: csv(HEADER, people(6, 3).map(plain)),
      refused: { code: 1, says: /6 rows with a target: at least 10 are needed/ },
    },
    {
      name: "one class",
      content: csv(
        HEADER,
        list.map((p) => [p.age, p.income, p.city, "yes"]),
      ),
      refused: { code: 1, says: /"churned" is "yes" in all 300 rows/ },
    },
    {
      name: "a target that is always missing",
      content: csv(
        HEADER,
        list.map((p) => [p.age, p.income, p.city, ""]),
      ),
      refused: { code: 1, says: /"churned" has no value in any row/ },
    },
    {
      name: "mixed types",
      content: csv(
        ["age", "income", "mixed", "churned"],
        list.map((p, i) => [
          p.age,
          p.income,
          [3, "three", "2020-01-01", "true", 7.5, "seven"][i % 6]!,
          yes(p),
        ]),
      ),
      model: [/2 numbers, 1 category/],
    },
    {
      name: "UTF-16",
      content: utf16(csv(HEADER, list.map(plain))),
      model: [/2 numbers, 1 category/, /UTF-16LE/],
    },
    {
      name: "Latin-1",
      content: Uint8Array.from(csv(HEADER, list.map(plain)), (c) => c.charCodeAt(0) & 255),
      model: [/Latin-1/, /2 numbers, 1 category/],
    },
    {
      name: "stray zero bytes",
      content: csv(
        HEADER,
        list.map((p, i) => [i === 9 ? `${p.age}\0` : p.age, p.income, p.city, yes(p)]),
      ),
      model: [/1 zero byte cut out/, /300 rows/],
    },
    {
      name: "binary",
      content: Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256),
      refused: { code: 1, says: /is a binary file/ },
    },
    {
      name: "Excel",
      content: Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0]),
      refused: { code: 1, says: /Excel workbook or a zip archive: save it as CSV/ },
    },
    { name: "JSON", content: '[{"age": 3, "churned": "yes"}]', refused: { code: 1, says: /holds JSON/ } },
    { name: "empty", content: "", refused: { code: 1, says: /is empty/ } },
    { name: "only line ends", content: "\n\n\n", refused: { code: 1, says: /is empty/ } },
    {
      name: "only a header",
      content: `${HEADER.join(",")}\n`,
      refused: { code: 1, says: /has a header and no rows/ },
    },
    {
      name: "spaces between fields",
      content: csv(HEADER, list.map(plain)).replaceAll(",", " "),
      refused: { code: 1, says: /has one column, "age income city churned": .* separate them by " "/ },
    },
    {
      name: "the target alone",
      content: csv(
        ["churned"],
        list.map((p) => [yes(p)]),
      ),
      refused: { code: 1, says: /no other column/ },
    },
    {
      name: "no header",
      content: csv([], list.map(plain)).slice(1),
      refused: { code: 2, says: /first line .* looks like data.* x0 is the first column, x3 the last/ },
    },
    {
      name: "numbers as names",
      content: csv(
        ["0", "1", "2"],
        list.map((p) => [p.age, p.income, p.churned ? 1 : 0]),
      ),
      target: "2",
      model: [/Target {3}2: 2 classes: 0 .*, 1/, /2 used: 2 numbers/, /300 rows/],
    },
    {
      name: "ragged rows",
      content: csv(
        HEADER,
        list.map((p, i) =>
          i === 20
            ? [...plain(p), "more", "still"]
            : i === 30
              ? [p.age, p.income, p.city, yes(p)].slice(1)
              : plain(p),
        ),
      ),
      model: [/rows? with another number of fields than the header left out/, /298 rows/],
    },
    {
      name: "fields broken by commas",
      content: csv(
        HEADER,
        list.map((p) => [p.age, `${p.income},00,7`, p.city, yes(p)]),
      ),
      refused: { code: 1, says: /line 2 has 6 fields, expected 4.*repair the file first/ },
    },
    {
      name: "ten thousand categories",
      content: csv(
        ["product", "income", "churned"],
        people(25_000, 5).map((p, i) => [`p${(i * 7) % 10_000}`, p.income, yes(p)]),
      ),
      args: ["--folds", "2"],
      model: [/25,000 rows/, /1 number, 1 text/],
    },
    {
      name: "one per cent",
      content: csv(
        HEADER,
        people(2000, 6).map((p, i) => [p.age, p.income, p.city, i % 100 ? "no" : "yes"]),
      ),
      model: [/99 % of the rows are "no".*accuracy misleads/],
    },
    {
      name: "digits as names of classes",
      content: csv(
        ["zip", "income", "grade"],
        list.map((p) => [p.city.length % 2 ? "0150" : "0151", p.income, p.churned ? "007" : "008"]),
      ),
      target: "grade",
      model: [/grade: 2 classes: 007 .*, 008/, /1 number, 1 category/],
    },
    {
      name: "names with spaces, quotes, signs and repeats",
      content: csv(
        ['"größe in cm"', "age", "age", '"target, the ""real"" one"', " padded "],
        list.map((p) => [p.income, p.age, p.age + 1, yes(p), p.city]),
      ),
      target: 'target, the "real" one',
      model: [/"age" twice/, /4 used: 3 numbers, 1 category/],
    },
    {
      name: "repeated rows",
      content: csv(HEADER, [...list, ...list.slice(0, 60)].map(plain)),
      model: [/! 60 rows repeat another row: copies are kept on one side of every split/],
    },
    {
      name: "a rare class",
      content: csv(
        HEADER,
        list.map((p, i) => [p.age, p.income, p.city, i === 0 ? "maybe" : i < 5 ? "perhaps" : yes(p)]),
      ),
      model: [/1 class with fewer than 3 rows left out \("maybe", 1 row\)/, /3 classes/],
    },
    {
      name: "different text in every row as target",
      content: csv(
        ["name", "income"],
        list.map((p, i) => [`person ${i}`, p.income]),
      ),
      target: "name",
      refused: { code: 1, says: /300 different values in 300 rows, too many for classes/ },
    },
    {
      name: "dates as target",
      content: csv(
        ["joined", "income"],
        list.map((p) => [p.joined.toISOString().slice(0, 10), p.income]),
      ),
      target: "joined",
      refused: { code: 1, says: /holds dates: turn it into a number/ },
    },
    {
      name: "infinite numbers",
      content: csv(
        HEADER,
        list.map((p, i) => [i % 40 ? p.age : "inf", p.income, p.city, yes(p)]),
      ),
      model: [/"age" holds infinity in 8 rows: taken as missing/],
    },
    {
      name: "nothing but noise",
      content: csv(
        ["noise", "y"],
        Array.from({ length: 200 }, () => [rng.uniform(), rng.uniform() < 0.5 ? "a" : "b"]),
      ),
      target: "y",
      model: [/Leaderboard/],
    },
    {
      name: "columns that are all useless",
      content: csv(
        ["id", "constant", "churned"],
        list.map((p) => [p.id, 1, yes(p)]),
      ),
      refused: { code: 1, says: /no column is left to learn from: "id" .*; "constant" is 1 in every row/ },
    },
  ];
}

function utf16(text: string): Uint8Array {
  const out = new Uint8Array(2 + text.length * 2);
  const view = new DataView(out.buffer);
  view.setUint16(0, 0xfeff, true);
  for (let i = 0; i < text.length; i++) view.setUint16(2 + 2 * i, text.charCodeAt(i), true);
  return out;
}
