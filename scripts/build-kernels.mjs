/**
 * Compiles the AssemblyScript kernels to WebAssembly, twice (SIMD, and SIMD + relaxed SIMD), and writes both
 * as base64 strings into `packages/whetstone/src/kernels/generated/modules.ts`.
 *
 *     node scripts/build-kernels.mjs [--force]
 *
 * Nothing is compiled when the file already carries the hash of the present sources.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";

const root = fileURLToPath(new URL("../", import.meta.url));
const kernels = join(root, "packages/whetstone/src/kernels");
const assembly = join(kernels, "assembly");
const output = join(kernels, "generated/modules.ts");

const builds = { simd: "simd,threads", relaxed: "simd,threads,relaxed-simd" };

/** Hash of everything the output depends on: kernel sources, this script, the compiler's version. */
export function sourceHash() {
  const hash = createHash("sha256");
  const require = createRequire(import.meta.url);
  hash.update(require("assemblyscript/package.json").version);
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(assembly).sort()) {
    if (!name.endsWith(".ts")) continue;
    hash.update(`\0${name}\0`);
    hash.update(readFileSync(join(assembly, name)));
  }
  return hash.digest("hex").slice(0, 32);
}

/** Whether the generated file is missing or was made from other sources. */
export function isStale(hash = sourceHash()) {
  try {
    return !readFileSync(output, "utf8").includes(`// sources ${hash}\n`);
  } catch {
    return true;
  }
}

/** Compiles both builds if needed. Resolves to one line that says what happened. */
export async function buildKernels({ force = false } = {}) {
  const hash = sourceHash();
  if (!force && !isStale(hash)) return "kernels: up to date";
  const started = performance.now();
  const modules = {};
  for (const [name, features] of Object.entries(builds)) modules[name] = await compile(name, features);
  const names = WebAssembly.Module.exports(new WebAssembly.Module(modules.simd))
    .filter((entry) => entry.kind === "function")
    .map((entry) => entry.name)
    .sort();
  const text = [
    "// Made by scripts/build-kernels.mjs. Do not edit.",
    `// sources ${hash}`,
    "",
    "/** Names of the exported kernels, sorted. */",
    `export const kernelNames = ${JSON.stringify(names)} as const;`,
    "",
    "/** Place of the byte that says whether the imported memory is shared (3) or not (1), per build. */",
    `export const memoryFlagOffset = { simd: ${memoryFlag(modules.simd)}, relaxed: ${memoryFlag(modules.relaxed)} };`,
    "",
    "export const simd: string =",
    `  "${Buffer.from(modules.simd).toString("base64")}";`,
    "",
    "export const relaxed: string =",
    `  "${Buffer.from(modules.relaxed).toString("base64")}";`,
    "",
  ].join("\n");
  mkdirSync(dirname(output), { recursive: true });
  const draft = `${output}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, output);
  const size = Object.entries(modules).map(
    ([name, bytes]) => `${name} ${(bytes.length / 1024).toFixed(1)} KB`,
  );
  return `kernels: built ${names.length} functions (${size.join(", ")}) in ${((performance.now() - started) / 1000).toFixed(1)} s`;
}

async function compile(name, features) {
  const { default: asc } = await import("assemblyscript/asc");
  let wasm;
  const messages = [];
  const out = "kernels.wasm";
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      ...["--baseDir", assembly, "--outFile", out, "--runtime", "stub", "--noAssert", "-O3", "--converge"],
      ...["--enable", features, "--importMemory", "--sharedMemory", "--noExportMemory"],
      ...["--initialMemory", "1", "--maximumMemory", "65536"],
    ],
    {
      writeFile: (file, contents) => void (file === out && (wasm = contents)),
      reportDiagnostic: (d) => messages.push(d),
    },
  );
  if (error || !wasm) {
    throw new Error(
      `kernels (${name}) do not compile:\n${stderr?.toString() || String(error)}\n${messages.length} diagnostics`,
    );
  }
  // Node 20 does not even parse it otherwise; later ones know no such flag.
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
  const module = new WebAssembly.Module(wasm);
  const foreign = WebAssembly.Module.imports(module).filter((entry) => entry.kind !== "memory");
  if (foreign.length > 0) {
    throw new Error(
      `kernels (${name}) import ${foreign.map((entry) => entry.name).join(", ")}; only the memory may be imported`,
    );
  }
  return wasm;
}

/** Offset of the limits flag of the imported memory: the import section (id 2) holds exactly that one import. */
function memoryFlag(bytes) {
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  let found = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = leb();
    if (id === 11)
      throw new Error("kernels hold static data; they must not (Math.log and its like do: see vector-math)");
    const end = at + size;
    if (id === 2) {
      if (leb() !== 1) throw new Error("kernels must import exactly one thing, the memory");
      for (let part = 0; part < 2; part++) {
        const length = leb(); // of "env", then of "memory"
        at += length;
      }
      if (bytes[at] !== 2 || bytes[at + 1] !== 3) throw new Error("kernels do not import a shared memory");
      found = at + 1;
    }
    // To the last section: static data stands at the end, and would overwrite what the thread pool keeps there.
    at = end;
  }
  if (found > 0) return found;
  throw new Error("kernels have no import section");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(await buildKernels({ force: process.argv.includes("--force") }));
  } catch (error) {
    console.error(error.message);
    console.error(`sources: ${relative(process.cwd(), assembly)}`);
    process.exitCode = 1;
  }
}
