/**
 * Speed, quality and memory against peers, in one run, interleaved round by round.
 * usage: npm run bench [-- --json FILE --only NAME --rounds N --table]
 * --only takes a part of names (--only=-js: rows against JavaScript peers); --table ends with the results as Markdown.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string" },
    table: { type: "boolean" },
  },
});

const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
if (Object.keys(dependencies).some((name) => !existsSync(join(here, "node_modules", name)))) {
  console.error("bench: installing JavaScript peers ...");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { cwd: here, stdio: ["ignore", 2, 2] });
  if (status !== 0) console.error("bench: they could not be installed; rows against them are left out.");
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Milliseconds of one call: what it measured itself, where it returns a number, else the time around it. */
async function time(call) {
  const start = performance.now();
  const own = await call();
  return typeof own === "number" ? own : performance.now() - start;
}

/** Milliseconds. Idle threads of OpenBLAS spin for about 100 before they leave a processor that ours need. */
const REST = 130;

/** Waits until the peer's threads are off the processors; busily, since a sleeping processor lowers its clock. */
function letPeerRest() {
  const end = performance.now() + REST;
  while (performance.now() < end);
}

async function measure(row) {
  const round = async () => {
    await row.before?.();
    const ours = await time(() => row.ours());
    const theirs = await time(() => row.theirs());
    letPeerRest();
    return [ours, theirs];
  };
  const warmUp = row.warmUp ?? 3;
  for (let i = 0; i < warmUp; i++) await round();
  const rounds = [];
  const count = Number(options.rounds ?? row.rounds ?? 9);
  for (let i = 0; i < count; i++) rounds.push(await round());
  const ours = median(rounds.map((r) => r[0]));
  const theirs = median(rounds.map((r) => r[1]));
  // The median of per-round ratios: a slow spell of the machine hits both sides of its round.
  const ratio = median(rounds.map((r) => r[1] / r[0]));
  return { ours, theirs, ratio, rounds: count };
}

const found = [];
for (const file of readdirSync(join(here, "rows"))
  .filter((f) => f.endsWith(".mjs"))
  .sort()) {
  const { rows } = await import(pathToFileURL(join(here, "rows", file)).href);
  for (const row of rows) if (!options.only || row.name.includes(options.only)) found.push(row);
}
if (found.length === 0) {
  console.error(`bench: no row has ${JSON.stringify(options.only)} in its name.`);
  process.exit(2);
}

const results = [];
for (const row of found) {
  const missing = await row.prepare();
  if (typeof missing === "string") {
    console.log(`${row.name.padEnd(28)} left out: ${missing}`);
    results.push({ name: row.name, peer: row.peer, skipped: missing });
    continue;
  }
  try {
    const measured = await measure(row);
    const quality = await row.quality();
    const memory = (await row.memory?.()) ?? null;
    const met = quality.ok && (row.target === undefined || measured.ratio >= row.target);
    results.push({
      name: row.name,
      peer: row.peer,
      ...measured,
      target: row.target ?? null,
      quality,
      memory,
      met,
    });
    const numbers = `${measured.ours.toFixed(2)} ms  ${measured.theirs.toFixed(2)} ms  x${measured.ratio.toFixed(2)}`;
    const target = row.target === undefined ? "" : ` (target x${row.target}${met ? "" : ", MISSED"})`;
    console.log(`${row.name.padEnd(28)} ${row.peer.padEnd(32)} ${numbers}${target}  ${quality.text}`);
  } finally {
    await row.close?.();
  }
}

if (options.table) {
  console.log("\n| row | peer | ratio | quality |\n| --- | --- | --- | --- |");
  for (const { name, peer, ratio, quality } of results.filter((r) => r.skipped === undefined))
    console.log(`| ${name} | ${peer} | ${ratio.toFixed(2)} | ${quality.text} |`);
}
if (options.json) {
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.versions.node };
  const { version } = JSON.parse(
    readFileSync(join(here, "..", "packages", "whetstone", "package.json"), "utf8"),
  );
  writeFileSync(options.json, `${JSON.stringify({ machine, version, rows: results }, null, 2)}\n`);
  console.error(`bench: results written to ${options.json}`);
}
process.exit(0);
