import { categoryColumn, Table } from "whetstone/data";
import { col, memoryStore, type Store, VersionedTable } from "whetstone/lake";
import { card, figure, slider } from "../../index.ts";

export default card({
  id: "data/versioned-table",
  title: "A versioned table: every commit whole, every version readable",
  formula: String.raw`\text{state}_v=\big(\text{state}_{v-1}\setminus\text{remove}_v\big)\cup\text{add}_v`,
  ask: "How are data sets versioned with runs, and what can you still claim when the data changed in between?",
  answer:
    "Rows lie in files that never change; a log says, commit by commit, which files make up each version. A commit is one new log file, whole or absent; of two writers one wins and the other decides again. A run notes the version it read and gets the same rows next year. If the data changed between two trainings, compare both models on the rows of one version: a better score on newer data says nothing.",
  pitfall:
    "Vacuum makes room by giving up old versions: a run that noted one of them can no longer be repeated.",
  level: "medium",
  whenNot:
    "For small files under version control or data that never change. For many small updates by key use a database; a log with a file per commit grows, and needs compaction.",
  followUps: [
    {
      ask: "Two writers commit at once: how does one lose safely?",
      answer:
        "Both try to create log file v+1; the store lets one succeed. The loser reads the new state, checks whether its change still makes sense, and tries v+2.",
    },
    {
      ask: "What belongs in a run's record beside the data version?",
      answer:
        "The code commit, parameters, seed, library versions, and the split or its seed. Without them the same rows need not give the same model.",
    },
  ],
  derivation: String.raw`A version is defined by its log: $\text{state}_v=(\text{state}_{v-1}\setminus\text{remove}_v)\cup\text{add}_v$. Files never change, so replaying commits 1 to $v$ gives the same set of files at any later time, and reading them gives the same rows.

A commit becomes visible only with its log file, written in one step. If a writer dies before, its files exist but no log names them: readers see version $v-1$, whole.

If creating file $v+1$ succeeds for one writer only, commits are in one order, and each knows the state it follows: what databases call serialisable. Vacuum deletes files that no kept version names; older versions are then lost.`,
  covers: ["data/versioned-table"],
  answers: ["q-b-275"],
  verifiedAgainst: ["a plain list of tables, under random changes", "writers stopped at every step"],
  budget: "quick",
  controls: { commits: slider(3, 25, 12, { label: "commits", step: 1 }) },
  async run(lab, { commits }) {
    const random = lab.random("changes");
    const rows = (from: number, n: number) =>
      Table.fromColumns({
        id: Float64Array.from({ length: n }, (_, i) => from + i),
        city: categoryColumn(Array.from({ length: n }, () => ["Oslo", "Rome", "Lima"][random.int(3)]!)),
      });
    const store = memoryStore();
    const table = await VersionedTable.create(store, rows(0, 20), { clock: () => 0 });
    const states = [JSON.stringify((await table.read()).toRecords())];
    for (let k = 1; k <= commits; k++) {
      const from = 100 * k;
      // The first row of a batch is sure to be there for the commit that takes rows out.
      if (k % 3 === 2)
        await table.delete(
          col("id")
            .ge(from - 100)
            .and(col("id").lt(from - 100 + 1 + random.int(8))),
        );
      else if (k % 7 === 6) await table.overwrite(rows(from, 15));
      else await table.append(rows(from, 8 + random.int(10)));
      states.push(JSON.stringify((await table.read()).toRecords()));
    }
    const counts: number[] = [];
    let wrong = 0;
    for (const [version, state] of states.entries()) {
      const then = await table.read({ version });
      counts.push(then.rows);
      if (JSON.stringify(then.toRecords()) !== state) wrong++;
    }
    const history = await table.history();
    const of = (operation: string) => history.filter((h) => h.operation === operation).map((h) => h.version);
    lab.plot(
      figure(
        [
          { type: "step", name: "rows", x: states.map((_, v) => v), y: counts },
          ...["append", "delete", "overwrite"]
            .filter((operation) => of(operation).length > 0)
            .map((operation) => ({
              type: "points" as const,
              name: operation,
              x: of(operation),
              y: of(operation).map((v) => counts[v]!),
              size: 4,
            })),
        ],
        {
          x: { label: "version" },
          y: { label: "rows" },
          alt: "Rows of the table by version: appends add, deletes take out, an overwrite starts anew.",
        },
      ),
    );
    lab.check("versions that do not read as they were", wrong, { equals: 0 });
    lab.check("versions", await table.version(), { equals: commits });
    const byTime = await table.read({ timestamp: new Date(history[2]!.timestamp.getTime()) });
    lab.check("the version at a time is the one of then", JSON.stringify(byTime.toRecords()) === states[2], {
      equals: true,
    });

    // A writer that dies at each of its changes to the store in turn.
    const last = states.at(-1)!;
    let torn = 0;
    let died = 0;
    for (let after = 0; after < 2; after++) {
      const dying = await VersionedTable.open(failing(store, after));
      await dying.append(rows(9000, 5)).catch(() => died++);
      if (JSON.stringify((await table.read()).toRecords()) !== last) torn++;
    }
    lab.check("writers that died before their commit was whole", died, { equals: 2 });
    lab.check("of those, how many changed the table", torn, { equals: 0 });

    const writers = await Promise.all([1, 2, 3].map(() => VersionedTable.open(store)));
    const got = await Promise.all(writers.map((w, k) => w.append(rows(10_000 + 100 * k, 3))));
    lab.check("three writers at once: distinct versions", new Set(got).size, { equals: 3 });
    lab.check("and the rows that they added", (await table.read()).rows - counts.at(-1)!, { equals: 9 });
    const stale = await table.append(rows(1, 1), { expectVersion: commits }).then(
      () => "committed",
      (error: Error) => error.message,
    );
    lab.note(stale);
    lab.check("a commit that insists on the state it read is refused", stale.includes("another writer"), {
      equals: true,
    });
    const misfit = await table.append(Table.fromColumns({ id: ["one"], city: ["Oslo"] })).then(
      () => "committed",
      (error: Error) => error.message,
    );
    lab.check("rows of another kind are refused", misfit.includes("expected number"), { equals: true });
    const removed = await table.vacuum({ keepVersions: 1 });
    lab.check("files that vacuum gives up", removed.length, { atLeast: 1 });
    lab.check("rows after it", (await table.read()).rows, { equals: counts.at(-1)! + 9 });
  },
});

/** A store that stops at its second change, or at its first. */
function failing(store: Store, after: number): Store {
  let changes = 0;
  return {
    ...store,
    create(name, bytes) {
      if (changes++ >= after) return Promise.reject(new Error("the power went out"));
      return store.create(name, bytes);
    },
  };
}
