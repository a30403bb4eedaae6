/** Reading and writing 50 MB of delimited text with columns of every kind, against pandas. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCsv, writeCsv } from "whetstone/data";
import { setThreads } from "whetstone/kernels";
import { randomStream } from "whetstone/math";
import { findPython, startPython } from "../python.mjs";

const BYTES = 50_000_000;
const CITIES = [
  "Oslo",
  "Rome",
  "Lima",
  "Quito",
  "Hanoi",
  "Accra",
  "Turin",
  "Perth",
  "Kyoto",
  "Cairo",
  "Minsk",
  "Dakar",
];
const NOTES = ["late, by phone", 'said "call back"', "paid", "paid, twice", "none given", "see letter"];

/** Lines until the size is reached: whole numbers, fractions, words, dates, quoted text, true and false, gaps. */
function generate(bytes) {
  const random = randomStream("mixed lines");
  const two = (v) => String(v).padStart(2, "0");
  const lines = ["id,amount,ratio,count,city,code,day,note,active,gap"];
  let size = lines[0].length + 1;
  for (let i = 0; size < bytes; i++) {
    const note = NOTES[random.int(NOTES.length)];
    const line = [
      i,
      (random.uniform() * 1e4).toFixed(2),
      random.normal(),
      random.int(100),
      CITIES[random.int(CITIES.length)],
      `k${random.int(500)}`,
      `20${two(random.int(25))}-${two(1 + random.int(12))}-${two(1 + random.int(28))}`,
      /[,"]/.test(note) ? `"${note.replaceAll('"', '""')}"` : note,
      random.uniform() < 0.5 ? "True" : "False",
      random.uniform() < 0.2 ? "" : (random.normal() * 100).toFixed(4),
    ].join(",");
    size += line.length + 1;
    lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}

let folder;
let file;
let python;
let table;

async function prepare() {
  const command = findPython(["pandas"]);
  if (command === null) return "no Python with pandas was found";
  folder = mkdtempSync(join(tmpdir(), "whetstone-csv-"));
  file = join(folder, "mixed.csv");
  writeFileSync(file, generate(BYTES));
  python = startPython(command, "csv_file.py", { threads: 2 });
  await python.call("prepare", { file });
}

function close() {
  python.close();
  rmSync(folder, { recursive: true, force: true });
}

/** How many cells differ from what pandas reads with exact rounding (which it does not in the timed call). */
async function differences() {
  let differ = 0;
  for (const name of table.names) {
    const column = table.column(name);
    const { values, words } = await python.call("column", { name, to: join(folder, "column") });
    const bytes = readFileSync(join(folder, "column"));
    const theirs = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3);
    if (values !== table.rows) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < table.rows; i++) {
      const t = theirs[i];
      if (column.kind === "category" || column.kind === "text") {
        const ours = column.kind === "text" ? column.values[i] : (column.categories[column.codes[i]] ?? null);
        if (ours !== (t < 0 ? null : words[t])) differ++;
      } else {
        const o = column.kind === "boolean" && column.values[i] === 255 ? Number.NaN : column.values[i];
        if (!Object.is(o, t)) differ++;
      }
    }
  }
  return differ;
}

export const rows = [
  {
    name: "csv-50MB-mixed",
    peer: "pandas read_csv",
    target: 1,
    rounds: 7,
    warmUp: 2,
    prepare,
    ours() {
      setThreads(2);
      table = readCsv(readFileSync(file)).table;
    },
    theirs: () => python.call("read"),
    async quality() {
      const differ = await differences();
      return { ok: differ === 0, text: `${differ} of ${table.rows * table.cols} cells differ` };
    },
    close,
  },
  {
    name: "csv-50MB-write",
    peer: "pandas to_csv",
    target: 1,
    rounds: 3,
    warmUp: 1,
    async prepare() {
      const missing = await prepare();
      if (missing) return missing;
      await python.call("read");
      table = readCsv(readFileSync(file)).table;
    },
    ours() {
      writeFileSync(join(folder, "ours.csv"), writeCsv(table));
    },
    theirs: () => python.call("write", { to: join(folder, "theirs.csv") }),
    async quality() {
      const back = readCsv(readFileSync(join(folder, "ours.csv"))).table;
      const same = writeCsv(back) === writeCsv(table);
      const [ours, theirs] = ["ours.csv", "theirs.csv"].map(
        (name) => statSync(join(folder, name)).size / 1e6,
      );
      return {
        ok: same,
        text: `reads back ${same ? "the same" : "DIFFERENT"}; ${ours.toFixed(0)} and ${theirs.toFixed(0)} MB`,
      };
    },
    close,
  },
];
