/**
 * Sets the repository up, with nothing but Node: dependencies, kernels, packages, studio. Each step runs only
 * when its inputs changed since it last succeeded, or with --force.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(root, "node_modules", ".cache", "whetstone-setup");
const force = process.argv.includes("--force");
const onlyInstall = process.argv.includes("--install-only");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Whetstone needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Steps in order. A step's key is a hash of its inputs and of every step before it. */
const steps = [
  {
    name: "dependencies",
    inputs: ["package.json", "package-lock.json", "packages/*/package.json"],
    outputs: ["node_modules/.package-lock.json", "node_modules/typescript"],
    run: () =>
      npm(["ci", "--no-audit", "--no-fund", "--include=dev", "--ignore-scripts", "--loglevel=error"]),
  },
  {
    name: "kernels",
    inputs: ["packages/whetstone/src/kernels/assembly", "scripts/build-kernels.mjs"],
    outputs: ["packages/whetstone/src/kernels/generated/modules.ts"],
    run: () => node(["scripts/build-kernels.mjs"]),
  },
  {
    name: "packages",
    inputs: [
      "tsconfig.base.json",
      "packages/whetstone/src",
      "packages/whetstone/tsconfig.json",
      "packages/sheet/src",
      "packages/sheet/tsconfig.json",
      "packages/cli/src",
      "packages/cli/tsconfig.json",
      "packages/studio/src/server",
    ],
    outputs: [
      "packages/whetstone/dist/index.js",
      "packages/sheet/dist/index.js",
      "packages/cli/dist/main.js",
    ],
    run() {
      removeOrphans();
      return node(["node_modules/typescript/bin/tsc", "-b", "packages/cli"]);
    },
  },
  {
    name: "studio",
    inputs: [
      "packages/studio/src",
      "packages/studio/build",
      "packages/studio/build",
      "packages/studio/index.html",
      "packages/studio/vite.config.ts",
      "packages/studio/public",
    ],
    outputs: ["packages/studio/dist/index.html"],
    run: () =>
      node(["../../node_modules/vite/bin/vite.js", "build", "--logLevel", "error"], "packages/studio"),
  },
];

function files(pattern) {
  if (pattern.includes("/*/")) {
    const [before, after] = pattern.split("/*/");
    return readdirSync(join(root, before)).flatMap((name) => files(`${before}/${name}/${after}`));
  }
  const path = join(root, pattern);
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .filter((file) => !/[\\/](generated|dist|node_modules)[\\/]/.test(file))
      .sort();
  } catch {
    return [path]; // a file
  }
}

function keyOf(step, previous) {
  const hash = createHash("sha256").update(previous);
  for (const file of step.inputs.flatMap(files))
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex");
}

/** Built files whose source is gone would still be found by imports and by the list of cards. */
function removeOrphans() {
  for (const name of ["whetstone", "sheet", "cli"]) {
    const dist = join(root, "packages", name, "dist");
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
      const source = /^(.*?)(?:\.d\.ts|\.js)$/.exec(file)?.[1];
      if (source === undefined) continue;
      const base = join(root, "packages", name, "src", source);
      if (!existsSync(`${base}.ts`) && !existsSync(`${base}.tsx`)) rmSync(join(dist, file));
    }
  }
}

function node(args, cwd = ".") {
  return spawnSync(process.execPath, args, { cwd: join(root, cwd), stdio: ["ignore", 2, 2] });
}

function npm(args) {
  // The npm that runs this script where there is one, else the one on the path.
  const cli = process.env.npm_execpath;
  if (cli?.endsWith(".js")) return node([cli, ...args]);
  return spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
}

let key = "";
for (const step of steps) {
  key = keyOf(step, key);
  const stamp = join(stamps, step.name);
  const fresh =
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === key &&
    step.outputs.every((output) => existsSync(join(root, output)));
  if (fresh && !(force && step.name !== "dependencies")) continue;
  process.stderr.write(`setup: ${step.name} ...\n`);
  const started = performance.now();
  const { status, error } = step.run();
  if (error || status !== 0) {
    console.error(`setup: ${step.name} failed${error ? `: ${error.message}` : ""}.`);
    process.exit(1);
  }
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, key);
  process.stderr.write(
    `setup: ${step.name} done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
  );
  if (onlyInstall) break;
}
