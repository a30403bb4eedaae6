/**
 * Compiles the AssemblyScript kernels to WebAssembly: the core (`index.ts`) and every set (`set-<name>.ts`), each to
 * a module of its own, and writes them as text into `packages/whetstone/src/kernels/generated/<name>.ts`.
 *
 *     node scripts/build-kernels.mjs [--force]
 *
 * Nothing is compiled when the files already carry the hash of the present sources.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";

const root = fileURLToPath(new URL("../", import.meta.url));
const kernels = join(root, "packages/whetstone/src/kernels");
const assembly = join(kernels, "assembly");
const generated = join(kernels, "generated");
const output = join(generated, "core.ts"); // written last

/**
 * Letters that stand in a string, a template and a page as they are. The first two announce that a second letter
 * follows, for the bytes that are rare over all modules.
 */
const alphabet = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((letter) => !"\"'`\\$<".includes(letter))
  .join("");

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

/** Compiles all modules if needed. Resolves to one line that says what happened. */
export async function buildKernels({ force = false } = {}) {
  const hash = sourceHash();
  if (!force && !isStale(hash)) return "kernels: up to date";
  const started = performance.now();
  const modules = { core: await compile("core", "index.ts") };
  for (const file of readdirSync(assembly).sort()) {
    const name = /^set-(.+)\.ts$/.exec(file)?.[1];
    if (name !== undefined) modules[name] = await compile(name, file);
  }
  const order = bytesByFrequency(Object.values(modules));
  mkdirSync(generated, { recursive: true });
  for (const file of readdirSync(generated)) {
    if (!file.endsWith(".tmp")) rmSync(join(generated, file));
  }
  write("alphabet", hash, [
    `export const alphabet = ${JSON.stringify(alphabet)};`,
    "",
    "/** All bytes, as two hexadecimal digits each, those first that are frequent in the modules. */",
    `export const byteOrder: string = "${order.map((b) => b.toString(16).padStart(2, "0")).join("")}";`,
  ]);
  const owners = new Map();
  for (const [name, bytes] of Object.entries(modules).reverse()) {
    const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes))
      .filter((entry) => entry.kind === "function")
      .map((entry) => entry.name)
      .sort();
    for (const kernel of names) {
      if (owners.has(kernel))
        throw new Error(`two modules hold a kernel ${kernel}: ${owners.get(kernel)}, ${name}`);
      owners.set(kernel, name);
    }
    write(name, hash, [
      ...(name === "core"
        ? [
            "/** Names of the core kernels, sorted. */",
            `export const names = ${JSON.stringify(names)} as const;`,
            "",
            "export type Name = (typeof names)[number];",
          ]
        : [`export type Name = ${names.map((kernel) => JSON.stringify(kernel)).join(" | ")};`]),
      "",
      "export const code: string =",
      `  "${encode(bytes, order)}";`,
    ]);
  }
  const size = Object.entries(modules).map(([name, bytes]) => `${name} ${(bytes.length / 1024).toFixed(1)}`);
  return `kernels: built ${owners.size} functions (KB: ${size.join(", ")}) in ${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function write(name, hash, lines) {
  const target = join(generated, `${name}.ts`);
  const draft = `${target}.${process.pid}.tmp`;
  const head = ["// Made by scripts/build-kernels.mjs. Do not edit.", `// sources ${hash}`, ""];
  writeFileSync(draft, [...head, ...lines, ""].join("\n"));
  renameSync(draft, target);
}

function bytesByFrequency(all) {
  const count = new Array(256).fill(0);
  for (const bytes of all) for (const byte of bytes) count[byte]++;
  return count.map((_, byte) => byte).sort((a, b) => count[b] - count[a] || a - b);
}

/** As `decodeModule` in module-bytes.ts reads it. */
function encode(bytes, order) {
  const single = alphabet.length - 2;
  const text = order.map((_, rank) => {
    if (rank < single) return alphabet[2 + rank];
    const rest = rank - single;
    return alphabet[Math.floor(rest / alphabet.length)] + alphabet[rest % alphabet.length];
  });
  const code = new Array(256);
  order.forEach((byte, rank) => void (code[byte] = text[rank]));
  return Array.from(bytes, (byte) => code[byte]).join("");
}

async function compile(name, entry) {
  const { default: asc } = await import("assemblyscript/asc");
  let wasm;
  let text = "";
  const messages = [];
  const [out, textOut] = ["kernels.wasm", "kernels.wat"];
  const { error, stderr } = await asc.main(
    [
      entry,
      ...[
        "--baseDir",
        assembly,
        "--outFile",
        out,
        "--textFile",
        textOut,
        "--runtime",
        "stub",
        "--noAssert",
        "-O3",
        "--converge",
      ],
      ...["--enable", "simd,threads,relaxed-simd", "--importMemory", "--sharedMemory", "--noExportMemory"],
      ...["--initialMemory", "1", "--maximumMemory", "65536"],
    ],
    {
      writeFile: (file, contents) => {
        if (file === out) wasm = contents;
        if (file === textOut) text = String(contents);
      },
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
  const foreign = WebAssembly.Module.imports(module).filter(
    (entry) => entry.kind !== "memory" && (name === "core" || entry.module !== "kernels"),
  );
  if (foreign.length > 0) {
    throw new Error(
      `kernels (${name}) import ${foreign.map((entry) => entry.name).join(", ")}; only the memory and, in a set, core kernels may be imported`,
    );
  }
  checkSections(wasm);
  checkFused(wasm, text);
  return wasm;
}

/**
 * Engines without relaxed SIMD get the fused multiply-adds replaced by way of their bytes (module-bytes.ts), so these
 * may stand for nothing else, and no other relaxed instruction may be used.
 */
function checkFused(bytes, text) {
  let found = 0;
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] === 0xfd && (bytes[i + 1] === 0x85 || bytes[i + 1] === 0x87) && bytes[i + 2] === 2) found++;
  }
  const used = text.match(/\bf(32x4|64x2)\.relaxed_madd\b/g)?.length ?? 0;
  if (found !== used) throw new Error(`${found} places look like one of ${used} fused multiply-adds`);
  if ((text.match(/\.relaxed_/g)?.length ?? 0) !== used)
    throw new Error("only relaxed_madd can be rewritten for engines without relaxed SIMD");
}

/** The import section (id 2) must hold the memory, shared; there must be no static data (id 11). */
function checkSections(bytes) {
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
      for (let left = leb(); left > 0; left--) {
        for (let part = 0; part < 2; part++) {
          const length = leb(); // of the module's name, then of the entry's
          at += length;
        }
        const kind = bytes[at++];
        if (kind === 0)
          leb(); // a function: its type
        else if (kind !== 2 || bytes[at] !== 3) throw new Error("kernels do not import a shared memory");
        else {
          at++;
          leb(); // least pages
          leb(); // most pages
        }
      }
      found = at;
    }
    // To the last section: static data stands at the end, and would overwrite what the thread pool keeps there.
    at = end;
  }
  if (found === 0) throw new Error("kernels have no import section");
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
