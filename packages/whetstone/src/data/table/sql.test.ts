import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Table, writeSql } from "./index.ts";

const table = Table.fromColumns({
  amount: [1.5, null, -1e-300, 0.1],
  'it\'s "x"': ["a'b", "c", null, "; DROP TABLE t"],
  ok: [true, false, null, true],
});

describe("writeSql", () => {
  it("quotes names and text, and writes missing cells as NULL", () => {
    expect(writeSql(table, "t", { batchRows: 3 })).toBe(
      'CREATE TABLE "t" ("amount" REAL, "it\'s ""x""" TEXT, "ok" INTEGER);\n' +
        "INSERT INTO \"t\" VALUES (1.5, 'a''b', 1), (NULL, 'c', 0), (-1e-300, NULL, NULL);\n" +
        "INSERT INTO \"t\" VALUES (0.1, '; DROP TABLE t', 1);\n",
    );
  });

  const code =
    'import sqlite3,sys,json\nc=sqlite3.connect(":memory:")\nc.executescript(sys.stdin.read())\nprint(json.dumps(c.execute("select * from t").fetchall()))';
  const python = ["python3", "/usr/bin/python3"].find(
    (p) => spawnSync(p, ["-c", "import sqlite3"]).status === 0,
  );
  it.skipIf(python === undefined)("is read back by SQLite", () => {
    const { stdout } = spawnSync(python!, ["-c", code], { input: writeSql(table, "t"), encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual([
      [1.5, "a'b", 1],
      [null, "c", 0],
      [-1e-300, null, null],
      [0.1, "; DROP TABLE t", 1],
    ]);
  });
});
