import { Table, writeCsv } from "whetstone/data";
import { ParquetFile, readParquet, writeParquet } from "whetstone/lake";
import { card, figure, slider } from "../../index.ts";

const NAMES = ["id", "price", "count", "city", "paid", "day"];
const ROWS = 6000;
const GROUP = 1000;

export default card({
  id: "data/columnar-file",
  title: "A columnar file: read the columns you use, in groups of rows",
  formula: String.raw`\text{bytes read}=\sum_{g\in\text{groups}}\ \sum_{c\in\text{columns}}\text{size}(g,c)`,
  ask: "A 50 GB file needs one grouped sum: what do you read, and how does memory stay bounded?",
  answer:
    "A CSV file has to be read to its last byte for a single column. A columnar file (Parquet) keeps each column of each group of rows in one piece, with its type, its smallest and largest value and a checksum: you fetch two columns, group by group, and add up. Memory holds one group. A column stored as int32 or as a dictionary is smaller too.",
  pitfall:
    "Leaving whole numbers as float64: the type hint is what makes them small, and it is checked, so nothing is rounded in silence.",
  level: "medium",
  whenNot:
    "For single rows by key, or many small writes: a row store or database. For a file read once, whole, and by people, CSV is simpler. Tiny tables gain nothing.",
  followUps: [
    {
      ask: "Why do the columns of such a file compress so well?",
      answer:
        "Values of one column are alike: repeated words become dictionary codes, sorted numbers small differences, and one type rules them all. Rows mix kinds and hide these patterns.",
    },
    {
      ask: "How large should a row group be?",
      answer:
        "Large enough to read sequentially, often some 100 MB, small enough that a group fits in memory for each reader and its bounds can rule it out. Sorting by the filtered column makes bounds sharp.",
    },
  ],
  derivation: String.raw`A row format interleaves columns, so wanting $k$ of $d$ columns still reads all bytes. A columnar file stores $\text{size}(g,c)$ bytes for column $c$ of group $g$ in one piece, and its footer says where: the bytes read are the sum over the wanted pieces only.

If each group also keeps its least and greatest value, a filter $v>a$ skips every group with $\max\le a$ without reading it.

A sum by key needs one number per key. Reading group by group adds each to the running sums, so memory is one group plus one number per key, whatever the length of the file.`,
  covers: ["data/columnar-file"],
  answers: ["q-b-127"],
  verifiedAgainst: ["Apache Arrow 25 (pyarrow), both directions", "its own bytes, changed one by one"],
  budget: "quick",
  controls: { columns: slider(1, 6, 2, { label: "columns read", step: 1 }) },
  async run(lab, { columns }) {
    const random = lab.random("rows");
    const cells = <T>(f: (i: number) => T) => Array.from({ length: ROWS }, (_, i) => f(i));
    const table = Table.fromColumns([
      ["id", cells((i) => i)],
      ["price", cells(() => (random.uniform() < 0.05 ? null : Math.round(random.uniform() * 1e4) / 100))],
      ["count", cells(() => random.int(50))],
      ["city", cells(() => ["Oslo", "Rome", "Lima", "Quito"][random.int(4)]!)],
      ["paid", cells(() => random.uniform() < 0.7)],
      ["day", cells(() => new Date(86_400_000 * (18_000 + random.int(1000))))],
    ]);
    const bytes = writeParquet(table, { groupRows: GROUP, types: { id: "int32", count: "int32" } });
    const wanted = NAMES.slice(NAMES.length - columns);
    const file = await ParquetFile.open(bytes);
    const opened = file.bytesRead;
    await file.read({ columns: wanted });
    const fetched = file.bytesRead - opened;

    // The file from its first byte to its last: each group of rows is a line of pieces, one for each column.
    const kinds = [true, false].map((read) => ({
      read,
      x0: [] as number[],
      x1: [] as number[],
      y: [] as number[],
    }));
    file.groups.forEach((group, g) => {
      let at = 0;
      for (const name of file.names) {
        const box = kinds[wanted.includes(name) ? 0 : 1]!;
        box.x0.push(at);
        box.x1.push((at += group.columns[name]!.bytes));
        box.y.push(g);
      }
    });
    lab.plot(
      figure(
        kinds
          .filter(({ y }) => y.length > 0)
          .map(({ read, x0, x1, y }) => ({
            type: "boxes" as const,
            name: read ? "read" : "passed over",
            x0,
            x1,
            y,
          })),
        {
          x: { label: "bytes within the group" },
          y: { label: "group of rows" },
          alt: "Each group of rows holds its columns one after another; only the pieces of the wanted columns are read.",
        },
      ),
    );
    const csv = writeCsv(table).length;
    lab.table({
      columns: ["what", "bytes"],
      rows: [
        ["CSV, for any column", csv],
        ["columnar file, whole", bytes.length],
        [`columns ${wanted.join(", ")}`, fetched],
      ],
    });
    const back = await readParquet(bytes);
    lab.check("cells changed by writing and reading", differing(table, back), { equals: 0 });
    lab.check("bytes fetched are those of the wanted pieces", fetched, {
      equals: file.groups.reduce((n, g) => n + wanted.reduce((m, name) => m + g.columns[name]!.bytes, 0), 0),
    });
    lab.check("bytes of the file over bytes of the CSV", bytes.length / csv, { below: 0.75 });
    const plain = writeParquet(table, { groupRows: GROUP });
    lab.check("with the int32 hint over without it", bytes.length / plain.length, { below: 0.97 });

    // The grouped sum, with one group of rows in memory at a time.
    const sums = new Map<string, number>();
    let most = 0;
    for await (const part of file.tables({ columns: ["city", "count"] })) {
      most = Math.max(most, part.rows);
      const found = part.groupBy("city").aggregate({ total: ["count", "sum"] });
      for (const row of found.toRecords()) {
        const city = String(row.city);
        sums.set(city, (sums.get(city) ?? 0) + Number(row.total));
      }
    }
    const whole = table.groupBy("city").aggregate({ total: ["count", "sum"] });
    const off = whole.toRecords().filter((row) => sums.get(String(row.city)) !== row.total).length;
    lab.check("grouped sums that differ when read in parts", off, { equals: 0 });
    lab.check("most rows in memory at once", most, { equals: GROUP });

    const bad = bytes.slice();
    bad[Math.floor(random.uniform() * (bytes.length - 12)) + 4]! ^= 1 << random.int(8);
    const noticed = await readParquet(bad).then(
      (read) => differing(table, read) === 0,
      () => true,
    );
    lab.check("a changed bit is found, or changes no cell", noticed, { equals: true });
  },
});

function differing(a: Table, b: Table): number {
  const [left, right] = [a.toRecords(), b.toRecords()];
  return left.filter((row, i) => JSON.stringify(row) !== JSON.stringify(right[i])).length;
}
