import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBreastCancer, loadDiabetes, loadDigits, loadIris, loadWine } from "../../datasets/index.ts";
import { WhetstoneError } from "../../errors.ts";
import {
  booleanColumn,
  categoryColumn,
  dateColumn,
  numberColumn,
  Table,
  textColumn,
} from "../table/index.ts";
import { parseDate } from "./date.ts";
import { type CsvOptions, readCsv, readCsvChunks, writeCsv } from "./index.ts";
import { parseNumber } from "./number.ts";

const records = (text: string | Uint8Array, options?: CsvOptions) => readCsv(text, options).table.toRecords();
const bytesOf = (text: string) => new TextEncoder().encode(text);
const number = (text: string, strict = false, thousands = -1) => {
  const bytes = bytesOf(text);
  return parseNumber(bytes, 0, bytes.length, { decimal: 46, thousands, strict });
};

describe("numbers", () => {
  test("every double reads back bit for bit", () => {
    const any = fc.double({ noNaN: true });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 21 }), (v, digits) => {
        for (const text of [String(v), v.toExponential(), v.toPrecision(digits)])
          expect(number(text)).toBe(Number(text));
      }),
      { numRuns: 5000 },
    );
  });

  test("long decimals are rounded correctly", () => {
    const digits = fc.stringMatching(/^\d{1,4}\.\d{10,24}$/);
    fc.assert(
      fc.property(digits, (text) => {
        expect(number(text)).toBe(Number(text));
      }),
      { numRuns: 5000 },
    );
    // Halfway between two doubles: only an exact method gets the even one.
    for (const text of [
      "9007199254740993",
      "1.00000000000000011102230246251565404",
      "0.500000000000000166533453694",
    ])
      expect(number(text)).toBe(Number(text));
  });

  test("what is no number, and what is better kept as text", () => {
    for (const text of ["", "-", "1e", "1.2.3", "12a", "e5", ".", "0x10", "1 2", "--1"])
      expect(number(text)).toBeNaN();
    expect(number("-.5e-3")).toBe(-0.0005);
    expect(number("-inf")).toBe(Number.NEGATIVE_INFINITY);
    expect(number("007", true)).toBeNaN();
    expect(number("0.07", true)).toBe(0.07);
    expect(number("12345678901234567890", true)).toBeNaN();
    expect(number("9007199254740992", true)).toBe(9007199254740992);
    expect(number("1,234,567.5", true, 44)).toBe(1234567.5);
    for (const text of ["1,23", "1234,567", ",123", "1,2345"]) expect(number(text, true, 44)).toBeNaN();
  });
});

describe("dates", () => {
  const day = (text: string) => {
    const found = parseDate(text);
    return found && new Date(found.dmy).toISOString();
  };
  test("forms", () => {
    expect(day("2024-02-29")).toBe("2024-02-29T00:00:00.000Z");
    expect(day("2024-02-29T23:59:58.25+02:00")).toBe("2024-02-29T21:59:58.250Z");
    expect(day("2024/03/05 7:05")).toBe("2024-03-05T07:05:00.000Z");
    expect(day("5.3.2024")).toBe("2024-03-05T00:00:00.000Z");
    expect(day("05 Mar 2024")).toBe("2024-03-05T00:00:00.000Z");
    expect(day("March 5, 2024 12:30 am")).toBe("2024-03-05T00:30:00.000Z");
    expect(day("1949-01")).toBe("1949-01-01T00:00:00.000Z");
    for (const text of [
      "2023-02-29",
      "2024-13-01",
      "5",
      "1.2.21",
      "12:30",
      "Marchy 5, 2024",
      "2024-01-01 25:00",
    ])
      expect(parseDate(text), text).toBeNull();
  });

  test("every day is the one that Date gives", () => {
    const date = fc.date({ min: new Date("1700-01-01"), max: new Date("2300-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(date, (d) => {
        const text = d.toISOString().slice(0, 19);
        expect(records(`d\n${text}\n`)[0]!.d).toEqual(new Date(`${text}Z`));
      }),
    );
  });

  test("day or month first, and when nobody knows", () => {
    expect(records("d\n03/04/2021\n25/12/2021\n")[0]!.d).toEqual(new Date("2021-04-03Z"));
    expect(records("d\n03/04/2021\n12/25/2021\n")[0]!.d).toEqual(new Date("2021-03-04Z"));
    const open = readCsv("d\n03/04/2021\n05/06/2021\n");
    expect(open.table.toRecords()[0]!.d).toEqual(new Date("2021-03-04Z"));
    expect(open.notes).toEqual([
      'the dates of column "d", such as 03/04/2021, have no day above 12: read as month first; pass dateOrder: "dmy" if that is wrong',
    ]);
    expect(records("d\n03/04/2021\n", { dateOrder: "dmy" })[0]!.d).toEqual(new Date("2021-04-03Z"));
    expect(readCsv("d\n25/12/2021\n12/25/2021\n").table.kind("d")).toBe("category");
  });
});

describe("readCsv", () => {
  test("quotes, doubled quotes, delimiters and line ends inside, CRLF", () => {
    const text = 'name,note,n\r\n"Smith, J","said ""no""\r\ntwice",1\r\nPlain, spaced ,2\r\n';
    expect(records(text, { dtypes: { note: "text" } })).toEqual([
      { name: "Smith, J", note: 'said "no"\r\ntwice', n: 1 },
      { name: "Plain", note: "spaced", n: 2 },
    ]);
  });

  test("line ends of every kind, with and without the last one", () => {
    for (const end of ["\n", "\r\n", "\r"])
      for (const last of ["", end, end + end, `${end}  `])
        expect(records(`a,b${end}1,x${end}${end}2,y${last}`)).toEqual([
          { a: 1, b: "x" },
          { a: 2, b: "y" },
        ]);
  });

  test("delimiters and decimal comma are found", () => {
    for (const d of [",", ";", "\t", "|"]) {
      const { table, dialect } = readCsv(`a${d}b\n1${d}x\n2${d}y\n`);
      expect(dialect.delimiter).toBe(d);
      expect(table.toRecords()).toEqual([
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ]);
    }
    const german = readCsv("ort;preis;menge\nUlm;1,5;3\nBonn;-2,25;4\n");
    expect(german.dialect).toMatchObject({ delimiter: ";", decimal: "," });
    expect(Array.from(german.table.numbers("preis"))).toEqual([1.5, -2.25]);
    expect(readCsv('a,b\n"1,5",x\n"2,25",y\n').table.kind("a")).toBe("number");
  });

  test("thousands only when asked, with a note", () => {
    const text = 'a,b\n"1,234",x\n"12,345,678.5",y\n';
    const { table, notes } = readCsv(text);
    expect(table.kind("a")).toBe("category");
    expect(notes).toEqual([
      'column "a" looks like numbers with "," between thousands; pass thousands: "," to read it so',
    ]);
    expect(Array.from(readCsv(text, { thousands: "," }).table.numbers("a"))).toEqual([1234, 12345678.5]);
  });

  test("missing values", () => {
    const { table } = readCsv("n,s,b,d\n1,x,true,2024-01-01\nNA,,?,null\n,-,FALSE,\n");
    expect(table.kinds()).toEqual({ n: "number", s: "category", b: "boolean", d: "date" });
    expect(table.toRecords().slice(1)).toEqual([
      { n: null, s: null, b: null, d: null },
      { n: null, s: null, b: false, d: null },
    ]);
    expect(records("a\n1\nnone\n", { missing: ["none"] })[1]).toEqual({ a: null });
    expect(readCsv("a,b\n,1\n,2\n").table.kind("a")).toBe("number");
  });

  test("a quoted NA is text, except where quotes are everywhere", () => {
    expect(records('land,n\n"NA",1\nDE,2\nNA,3\n').map((r) => r.land)).toEqual(["NA", "DE", null]);
    expect(records('"land","n"\n"NA","1"\n"DE","2"\n"",""\n')).toEqual([
      { land: null, n: 1 },
      { land: "DE", n: 2 },
      { land: null, n: null },
    ]);
  });

  test("header or not", () => {
    expect(readCsv("1,2\n3,4\n").table.names).toEqual(["x0", "x1"]);
    expect(readCsv("1,2\n3,4\n", { header: true }).table.names).toEqual(["1", "2"]);
    expect(readCsv("a,b\nc,d\n").table.names).toEqual(["a", "b"]);
    expect(readCsv("a,b\nc,d\n", { header: false }).table.rows).toBe(2);
    expect(readCsv("land,2019,2020\nDE,1.5,2\nFR,3,4.5\n").table.names).toEqual(["land", "2019", "2020"]);
    expect(readCsv("1,2\n3,4\n", { names: ["u", "v"], header: false }).table.names).toEqual(["u", "v"]);
    expect(readCsv("a,b\n").table.rows).toBe(0);
  });

  test("names are repaired with a note", () => {
    const { table, notes } = readCsv(",a,a,a_2\n1,2,3,4\n");
    expect(table.names).toEqual(["column_1", "a", "a_3", "a_2"]);
    expect(notes).toHaveLength(2);
    const rowNames = readCsv('a,b\n"r1",1,2\n"r2",3,4\n');
    expect(rowNames.table.names).toEqual(["row", "a", "b"]);
    expect(rowNames.notes[0]).toContain("row names");
    expect(readCsv("a,b,\n1,2,\n3,4,\n").table.names).toEqual(["a", "b"]);
  });

  test("ragged rows: a sentence with the line, or what was asked for", () => {
    const text = 'a,b\n1,"x\ny"\n2,y,z\n3\n4,w\n';
    expect(() => readCsv(text)).toThrow("readCsv: line 4 has 3 fields, expected 2");
    const skip = readCsv(text, { badRows: "skip" });
    expect(Array.from(skip.table.numbers("a"))).toEqual([1, 4]);
    expect(skip.notes).toEqual([
      "1 row has too few fields (first in line 5) and is left out",
      "1 row has too many fields or a broken quote (first in line 4) and is left out",
    ]);
    const repaired = readCsv(text, { badRows: "repair" });
    expect(repaired.table.toRecords()[2]).toEqual({ a: 3, b: null });
    expect(repaired.table.rows).toBe(4);
    expect(() => readCsv('a,b\n1,"open\n2,x\n')).toThrow("line 2 has a quoted field that does not end");
    expect(() => readCsv('a,b\n1,"x"y\n')).toThrow("line 2 has a quoted field");
  });

  test("a stray word turns numbers into text with a note that says where", () => {
    const lines = Array.from({ length: 3000 }, (_, i) => (i === 2500 ? "unknown" : String(i % 7)));
    const { table, notes } = readCsv(`k\n${lines.join("\n")}\n`);
    expect(table.kind("k")).toBe("category");
    expect(table.strings("k")[2500]).toBe("unknown");
    expect(notes[0]).toContain('column "k" holds "unknown" in line 2502 where the lines before hold numbers');
    expect(readCsv(`k\n${lines.join("\n")}\n`, { missing: ["unknown"] }).table.kind("k")).toBe("number");
    expect(() => readCsv(`k\n${lines.join("\n")}\n`, { dtypes: { k: "number" } })).toThrow(
      'line 2502 holds "unknown" in column "k", expected a number',
    );
  });

  test("a column whose first values are all missing is found out later", () => {
    const blank = ",\n".repeat(1500);
    expect(readCsv(`a,b\n${blank}true,2021-05-05\n`).table.kinds()).toEqual({ a: "boolean", b: "date" });
  });

  test("digits that are names stay text", () => {
    const { table, notes } = readCsv("zip,id\n01234,12345678901234567890\n98765,12345678901234567891\n");
    expect(table.strings("zip")).toEqual(["01234", "98765"]);
    expect(table.strings("id")[0]).toBe("12345678901234567890");
    expect(notes[0]).toContain("leading zeros");
  });

  test("few distinct texts are categories, many are text", () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${"xyz"[i % 3]},word ${i}`);
    const { table } = readCsv(`c,t\n${rows.join("\n")}\n`);
    expect(table.kinds()).toEqual({ c: "category", t: "text" });
    expect(table.column("c")).toMatchObject({ categories: ["x", "y", "z"] });
    expect(readCsv(`c,t\n${rows.join("\n")}\n`, { maxCategories: 2 }).table.kind("c")).toBe("text");
  });

  test("useColumns, nRows, skipRows, comment", () => {
    const text = "made by hand\n# a comment\na,b,c\n1,2,3\n# more\n4,5,6\n";
    const { table } = readCsv(text, { skipRows: 1, comment: "#", useColumns: ["c", "a"], nRows: 1 });
    expect(table.toRecords()).toEqual([{ c: 3, a: 1 }]);
    expect(table.names).toEqual(["c", "a"]);
    expect(() => readCsv(text, { skipRows: 1, comment: "#", useColumns: ["q"] })).toThrow(
      'useColumns is "q"',
    );
  });

  test("encodings", () => {
    const text = "größe,n\n1,ä\n2,€\n";
    const want = [
      { größe: 1, n: "ä" },
      { größe: 2, n: "€" },
    ];
    expect(records(bytesOf(`\ufeff${text}`))).toEqual(want);
    const utf16 = new Uint8Array(2 + text.length * 2);
    const view = new DataView(utf16.buffer);
    for (const little of [true, false]) {
      view.setUint16(0, 0xfeff, little);
      for (let i = 0; i < text.length; i++) view.setUint16(2 + 2 * i, text.charCodeAt(i), little);
      expect(records(utf16)).toEqual(want);
    }
    expect(records(utf16.subarray(2), { encoding: "utf-16be" })).toEqual(want);
    const latin = Uint8Array.from("größe,n\n1,ä\n", (c) => c.charCodeAt(0));
    expect(readCsv(latin).table.toRecords()).toEqual([{ größe: 1, n: "ä" }]);
    expect(readCsv(latin).notes).toEqual([
      "the bytes are not UTF-8, so they are read as Latin-1 (windows-1252)",
    ]);
    expect(() => readCsv(latin, { encoding: "utf-8" })).toThrow("not UTF-8");
  });

  test("whatever the bytes, there is a table or a sentence", () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            "a",
            "1",
            "-2.5",
            ",",
            ";",
            '"',
            "\n",
            "\r",
            "\t",
            " ",
            "NA",
            "é",
            "2024-01-01",
            "true",
          ),
          {
            maxLength: 60,
          },
        )
        .map((parts) => bytesOf(parts.join(""))),
    );
    fc.assert(
      fc.property(junk, fc.constantFrom("error", "skip", "repair"), (bytes, badRows) => {
        try {
          const { table } = readCsv(bytes, { badRows: badRows as "skip" });
          expect(new Set(table.names).size).toBe(table.cols);
          for (const c of table.columns)
            expect("codes" in c ? c.codes.length : c.values.length).toBe(table.rows);
        } catch (error) {
          expect(error).toBeInstanceOf(WhetstoneError);
          expect((error as Error).message).toMatch(/^readCsv: /);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("empty input and bad options are sentences", () => {
    expect(() => readCsv("")).toThrow("readCsv: the input holds no line with data");
    expect(() => readCsv("\n\n")).toThrow("no line with data");
    expect(() => readCsv(5 as never)).toThrow("input is 5, expected a string or a Uint8Array");
    expect(() => readCsv("a\n1", { delimiter: "ab" })).toThrow("delimiter");
    expect(() => readCsv("a\n1", { delimeter: ";" } as never)).toThrow('params is "delimeter"');
    expect(() => readCsv("a\n1", { dtypes: { b: "text" } })).toThrow('dtypes is "b"');
  });
});

const cellText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "NA", "a,b", 'say "x"', "two\nlines", "two\r\nlines", " padded ", "\ufeffx", "1", "-"),
);
const tables = fc.integer({ min: 1, max: 12 }).chain((n) => {
  const list = <T>(arb: fc.Arbitrary<T>) => fc.array(fc.option(arb), { minLength: n, maxLength: n });
  const date = fc.date({ min: new Date("0100-01-01"), max: new Date("9999-01-01"), noInvalidDate: true });
  const column = fc.oneof(
    list(fc.double({ noNaN: true })).map((v) => numberColumn(v)),
    list(cellText).map((v) => categoryColumn(v)),
    list(cellText).map((v) => textColumn(v)),
    list(fc.boolean()).map((v) => booleanColumn(v)),
    list(date).map((v) => dateColumn(v)),
  );
  const name = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.constantFrom("a b", "x,y", '"', "\n", "NA"),
  );
  return fc
    .uniqueArray(
      name.filter((s) => s !== "" && !s.includes("\0")),
      { minLength: 1, maxLength: 5 },
    )
    .chain((names) => fc.tuple(...names.map(() => column)).map((columns) => new Table(names, columns)));
});

describe("writeCsv", () => {
  test("what is written reads back the same", () => {
    const dialects = fc.constantFrom(
      { delimiter: ",", decimal: "." },
      { delimiter: ";", decimal: "," },
      { delimiter: "\t", decimal: "." },
      { delimiter: ",", decimal: "," },
    ) as fc.Arbitrary<{ delimiter: string; decimal: "." | "," }>;
    fc.assert(
      fc.property(tables, dialects, fc.constantFrom("\n", "\r\n"), (table, dialect, lineEnd) => {
        const text = writeCsv(table, { ...dialect, lineEnd: lineEnd as "\n" });
        const again = readCsv(text, {
          ...dialect,
          header: true,
          dtypes: table.kinds(),
          quotedMissing: false,
        });
        expect(again.table.names).toEqual(table.names);
        expect(again.table.toRecords()).toEqual(table.toRecords());
      }),
      { numRuns: 400 },
    );
  });

  test("the bundled datasets come through unchanged, without a note", () => {
    for (const load of [loadIris, loadWine, loadBreastCancer, loadDigits, loadDiabetes]) {
      const table = load().table();
      const again = readCsv(writeCsv(table));
      expect(again.notes).toEqual([]);
      expect(again.table.kinds()).toEqual(table.kinds());
      expect(again.table.columns).toEqual(table.columns);
      expect(again.table.names).toEqual(table.names);
    }
  });

  test("kinds are found again without hints", () => {
    const table = Table.fromColumns({
      n: [1.5, null, 1e21, 0.1 + 0.2],
      c: ["a", "b", null, "NA"],
      b: [true, null, false, true],
      d: [new Date(0), null, new Date("2020-05-05T10:00:00Z"), new Date(1)],
    });
    const { table: again, notes } = readCsv(writeCsv(table));
    expect(again.toRecords()).toEqual(table.toRecords());
    expect(again.kinds()).toEqual(table.kinds());
    expect(notes).toEqual([]);
  });
});

describe("readCsvChunks", () => {
  const collect = async (source: Iterable<Uint8Array | string>, options = {}) => {
    const out: Table[] = [];
    for await (const table of readCsvChunks(source, options)) out.push(table);
    return out;
  };

  test("any cut of the bytes gives the same rows", async () => {
    const text =
      'a,s,when\r\n1,"é, x",2024-01-01\r\n2.5,"two\r\nlines",2024-01-02\r\n,"say ""hi""",\r\n4,z,2024-02-01\r\n';
    const bytes = bytesOf(text);
    const options = { dtypes: { s: "category" as const } };
    const whole = readCsv(text, options).table;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (cuts, chunkRows) => {
          const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
          const pieces = at.slice(1).map((end, k) => bytes.subarray(at[k], end));
          const parts = await collect(pieces, { ...options, chunkRows });
          expect(parts.every((t) => t.rows <= chunkRows)).toBe(true);
          expect(parts[0]!.concat(...parts.slice(1)).toRecords()).toEqual(whole.toRecords());
        },
      ),
    );
  });

  test("a file longer than the sample, in pieces, equals reading it whole", async () => {
    const lines = Array.from({ length: 120_000 }, (_, i) => `${i / 8},${"abc"[i % 3]},row number ${i}`);
    const text = `x,c,t\n${lines.join("\n")}\n`;
    const bytes = bytesOf(text);
    const pieces: Uint8Array[] = [];
    for (let i = 0; i < bytes.length; i += 70_001) pieces.push(bytes.subarray(i, i + 70_001));
    const parts = await collect(pieces, { chunkRows: 50_000 });
    expect(parts.map((t) => t.rows)).toEqual([50_000, 50_000, 20_000]);
    const all = parts[0]!.concat(...parts.slice(1));
    const whole = readCsv(text).table;
    expect(all.kinds()).toEqual(whole.kinds());
    expect(all.strings("c")).toEqual(whole.strings("c"));
    expect(all.strings("t")).toEqual(whole.strings("t"));
    expect(all.numbers("x")).toEqual(whole.numbers("x"));
  });

  test("a late misfit names its line", async () => {
    const text = `x\n${"1\n".repeat(600_000)}oops\n`;
    await expect(collect([text])).rejects.toThrow(
      'readCsvChunks: line 600002 holds "oops" in column "x", expected a number',
    );
  });
});
