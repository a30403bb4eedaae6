import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { readCsv, type Table, writeCsv } from "whetstone/data";
import { loadDigits } from "whetstone/datasets";
import { type Outcome, whetstone, workFolder } from "./command.ts";
import { csv, type Person, people } from "./messy-files.ts";

const folder = workFolder();
const day = (p: Person) =>
  `${p.joined.getUTCDate()}/${p.joined.getUTCMonth() + 1}/${p.joined.getUTCFullYear()}`;
const HEADER = ["code", "age", "income", "city", "joined", "member", "churned"];
/** The code is a category of digits with leading zeros, and says something. */
const code = (p: Person) => (p.churned ? ["007", "042"] : ["008", "042"])[p.age % 2]!;
const row = (p: Person) => [
  code(p),
  p.age,
  p.income,
  p.city,
  day(p),
  p.id % 2 ? "true" : "false",
  p.churned ? "yes" : "no",
];
const list = people(400, 21);
const model = folder.path("model");

beforeAll(async () => {
  const file = folder.write("train.csv", csv(HEADER, list.map(row)));
  const { code: exit, stderr } = await whetstone("train", file, "--target", "churned", "--out", model);
  expect(exit, stderr).toBe(0);
});

const tableOf = ({ stdout, stderr, code: exit }: Outcome): Table => {
  expect(exit, stderr).toBe(0);
  return readCsv(stdout, { header: true }).table;
};
const predictFile = (name: string, content: string, ...args: string[]) =>
  whetstone("predict", model, folder.write(name, content), ...args);

describe("predictions", () => {
  test("one row per row, in order, with a probability per class", async () => {
    const out = tableOf(await predictFile("same.csv", csv(HEADER, list.map(row))));
    expect(out.names).toEqual(["predicted_churned", "probability_no", "probability_yes"]);
    expect(out.rows).toBe(400);
    const labels = out.strings("predicted_churned");
    const no = out.numbers("probability_no");
    const yes = out.numbers("probability_yes");
    labels.forEach((label, i) => {
      expect(no[i]! + yes[i]!).toBeCloseTo(1, 12);
      expect(label).toBe(yes[i]! > no[i]! ? "yes" : "no");
    });
    const right = list.filter((p, i) => labels[i] === (p.churned ? "yes" : "no")).length;
    expect(right / 400).toBeGreaterThan(0.85);
  });

  test("the order of columns, the target and columns more do not matter", async () => {
    const first = await predictFile("a.csv", csv(HEADER, list.map(row)));
    const turned = csv(
      ["extra", ...HEADER.slice(0, -1).reverse()],
      list.map((p) => ["x", ...row(p).slice(0, -1).reverse()]),
    );
    const second = await predictFile("b.csv", turned);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toMatch(/1 column ignored that the model does not use: "extra"/);
    expect(first.stderr).toBe("");
  });

  test("rows keep their kinds where the file alone would say another", async () => {
    // Digits only, no decimal point, no day above 12, all members: each column would be read differently.
    const few = list.filter((p) => p.joined.getUTCDate() <= 12).slice(0, 8);
    const alone: Outcome[] = [];
    for (const [i, p] of few.entries()) alone.push(await predictFile(`one-${i}.csv`, csv(HEADER, [row(p)])));
    const among = tableOf(await predictFile("all.csv", csv(HEADER, list.map(row))));
    few.forEach((p, i) => {
      const expected = among.numbers("probability_yes")[list.indexOf(p)]!;
      expect(tableOf(alone[i]!).numbers("probability_yes")[0]).toBe(expected);
    });
  });

  test("unseen categories, missing values and words where numbers were", async () => {
    const rows = [
      ["999", 40, 50000, "Atlantis", "1/2/2020", "true"],
      ["", "", "", "", "", ""],
      ["007", "forty", "n/a", "Oslo", "soon", "maybe"],
    ];
    const found = await predictFile("odd.csv", csv(HEADER.slice(0, -1), rows));
    const out = tableOf(found);
    expect(out.rows).toBe(3);
    for (const p of out.numbers("probability_yes")) expect(p).toBeGreaterThan(0);
    expect(found.stderr).toMatch(
      /column "age" held numbers in training and holds "forty" here \(1 row\): taken as missing/,
    );
    expect(found.stderr).toMatch(/column "joined" held dates in training and holds "soon" here/);
    expect(found.stderr).toMatch(/column "member" held booleans in training and holds "maybe" here/);
  });

  test("rows with too many or too few fields keep their place", async () => {
    const lines = csv(HEADER, list.slice(0, 6).map(row)).trimEnd().split("\n");
    lines[3] += ",more";
    lines[5] = "007,33";
    const found = await predictFile("ragged.csv", `${lines.join("\n")}\n`);
    const out = tableOf(found);
    const whole = tableOf(await predictFile("whole.csv", csv(HEADER, list.slice(0, 6).map(row))));
    expect(out.rows).toBe(6);
    for (const i of [0, 1, 2, 3, 5]) {
      expect(out.numbers("probability_yes")[i]).toBe(whole.numbers("probability_yes")[i]);
    }
    expect(found.stderr).toMatch(/what is beyond the header is cut off/);
  });

  test("a header without rows gives a header without rows", async () => {
    const { code: exit, stdout } = await predictFile("none.csv", `${HEADER.join(",")}\n`);
    expect(exit).toBe(0);
    expect(stdout).toBe("predicted_churned,probability_no,probability_yes\n");
  });

  test("--out writes a file and leaves stdout alone", async () => {
    const target = folder.path("predictions.csv");
    const { stdout, stderr } = await predictFile("c.csv", csv(HEADER, list.map(row)), "--out", target);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/400 predictions written to/);
    expect(readFileSync(target, "utf8")).toBe(
      (await predictFile("c.csv", csv(HEADER, list.map(row)))).stdout,
    );
  });

  test("number labels stay numbers, every class has its column", async () => {
    const table = loadDigits().table().head(600);
    const file = folder.write("digits.csv", writeCsv(table));
    await whetstone("train", file, "--target", "digit", "--folds", "2", "--out", folder.path("digits"));
    const out = tableOf(await whetstone("predict", folder.path("digits"), file));
    expect(out.names).toEqual([
      "predicted_digit",
      ...Array.from({ length: 10 }, (_, k) => `probability_${k}`),
    ]);
    const truth = table.numbers("digit");
    const right = out.numbers("predicted_digit").filter((v, i) => v === truth[i]).length;
    expect(right).toBeGreaterThan(590);
  });

  test("numbers are predicted for numbers, decimal commas or not", async () => {
    const rows = people(200, 4).map((p) => [String(p.age).concat(",5"), `${p.age * 3 + (p.id % 4)},25`]);
    const text = `age;price\n${rows.map((r) => r.join(";")).join("\n")}\n`;
    const file = folder.write("prices.csv", text);
    await whetstone("train", file, "--target", "price", "--out", folder.path("prices"));
    const out = tableOf(await whetstone("predict", folder.path("prices"), file));
    expect(out.names).toEqual(["predicted_price"]);
    out.numbers("predicted_price").forEach((v, i) => {
      expect(Math.abs(v - Number(rows[i]![1]!.replace(",", ".")))).toBeLessThan(5);
    });
  });
});

describe("a file that does not fit", () => {
  test("a missing column is named", async () => {
    const renamed = csv(["code", "age", "incom", "city", "joined", "member"], [row(list[0]!).slice(0, -1)]);
    const { code: exit, stderr, stdout } = await predictFile("d.csv", renamed);
    expect(stderr).toMatch(/lacks the column "income" that the model was trained on; did you mean "incom"\?/);
    expect([exit, stdout]).toEqual([1, ""]);
  });

  test("a file without a header", async () => {
    const { code: exit, stderr } = await predictFile(
      "e.csv",
      csv(row(list[0]!).map(String), list.slice(1, 40).map(row)),
    );
    expect(stderr).toMatch(/lacks the columns "code", "age"/);
    expect(stderr).toMatch(/its first line looks like data, and names are expected there/);
    expect(exit).toBe(1);
  });

  test("files that are no CSV", async () => {
    expect((await predictFile("f.csv", "")).stderr).toMatch(/is empty/);
    expect((await whetstone("predict", model, folder.path("nothing.csv"))).stderr).toMatch(
      /there is no file/,
    );
  });
});

describe("a folder that is damaged or foreign", () => {
  const file = () => folder.write("rows.csv", csv(HEADER, list.slice(0, 3).map(row)));
  const copy = (name: string) => {
    cpSync(model, folder.path(name), { recursive: true });
    return folder.path(name);
  };
  const edit = (name: string, change: (header: Record<string, unknown>) => void) => {
    const at = copy(name);
    const header = JSON.parse(readFileSync(`${at}/model.json`, "utf8"));
    change(header);
    writeFileSync(`${at}/model.json`, JSON.stringify(header));
    return at;
  };
  const cases: [string, () => string, RegExp][] = [
    ["no folder", () => folder.path("absent"), /there is no folder ".*absent"/],
    ["a file", () => file(), /is a file: give the folder that whetstone train wrote/],
    [
      "an empty folder",
      () => {
        mkdirSync(folder.path("bare"), { recursive: true });
        return folder.path("bare");
      },
      /is not a whole model folder: it lacks model\.json/,
    ],
    [
      "cut weights",
      () => {
        const at = copy("cut");
        writeFileSync(
          `${at}/weights.safetensors`,
          readFileSync(`${at}/weights.safetensors`).subarray(0, 900),
        );
        return at;
      },
      /has 900 bytes and model\.json expects \d+/,
    ],
    [
      "a flipped bit",
      () => {
        const at = copy("flipped");
        const bytes = readFileSync(`${at}/weights.safetensors`);
        bytes[bytes.length - 20]! ^= 4;
        writeFileSync(`${at}/weights.safetensors`, bytes);
        return at;
      },
      /is damaged, or belongs to another model\.json: its checksum differs/,
    ],
    [
      "cut JSON",
      () => {
        const at = copy("cut-json");
        writeFileSync(`${at}/model.json`, readFileSync(`${at}/model.json`, "utf8").slice(0, 500));
        return at;
      },
      /model\.json" is damaged: it is not JSON/,
    ],
    [
      "a foreign JSON",
      () => edit("foreign", (h) => void (h.format = "something")),
      /is not a model written by whetstone train/,
    ],
    [
      "a newer format",
      () => edit("newer", (h) => void (h.formatVersion = 99)),
      /has format version 99, and this whetstone reads up to 1/,
    ],
    [
      "no columns",
      () => edit("columns", (h) => void delete h.columns),
      /its columns or its target are not described/,
    ],
    [
      "no document",
      () => edit("document", (h) => void (h.model = { a: 1 })),
      /is damaged: it holds no model/,
    ],
    [
      "an unknown class",
      () => edit("unknown", (h) => void (h.model = { $type: "Backdoor", state: {} })),
      /holds a "Backdoor", which this version does not know/,
    ],
    [
      "parts that do not belong together",
      () =>
        edit("parts", (h) => {
          const document = h.model as { state: { steps: unknown[] } };
          document.state.steps = document.state.steps.slice(1);
        }),
      /(is damaged|cannot predict these rows): /,
    ],
    [
      "columns of another model",
      () => edit("mixed", (h) => void (h.columns = [{ name: "age", kind: "number" }])),
      /cannot predict these rows: .*lacks the column/,
    ],
  ];
  test.each(cases)("%s", async (_, make, sentence) => {
    const { code: exit, stderr, stdout } = await whetstone("predict", make(), file());
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/unexpected|\n\s+at /);
    expect(exit).toBe(1);
    expect(stdout).toBe("");
  });

  test("keys that a parser could stumble over do no harm", async () => {
    const at = copy("proto");
    const text = readFileSync(`${at}/model.json`, "utf8");
    writeFileSync(`${at}/model.json`, text.replace("{", '{ "__proto__": { "polluted": true }, '));
    expect((await whetstone("predict", at, file())).code).toBe(0);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(existsSync(at)).toBe(true);
  });
});
