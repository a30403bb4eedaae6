/** A Python peer kept alive between rounds, so that start-up and imports are never timed. */
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The Python that has these modules, or null: the system's own first, then the one on the path. */
export function findPython(modules) {
  for (const command of [process.env.BENCH_PYTHON, "/usr/bin/python3", "python3"].filter(Boolean)) {
    const probe = spawnSync(command, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" });
    if (probe.status === 0) return command;
  }
  return null;
}

/**
 * Starts `bench/peers/FILE`, which ends in `serve({...})` of `bench/peers/serve.py`.
 * `call(name, args)` gives what the function returned; `threads` bounds OpenMP and BLAS.
 */
export function startPython(command, file, { threads = 2 } = {}) {
  const limits = Object.fromEntries(
    ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"].map((name) => [name, String(threads)]),
  );
  const child = spawn(command, [fileURLToPath(new URL(`peers/${file}`, import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...limits },
  });
  const waiting = [];
  const fail = (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  child.on("error", fail);
  child.on("exit", (code) => fail(new Error(`${file} ended with code ${code}`)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { result, error } = JSON.parse(line);
    const { resolve, reject } = waiting.shift();
    if (error === undefined) resolve(result);
    else reject(new Error(`${file}: ${error}`));
  });
  return {
    call(name, args = {}) {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify({ name, args })}\n`);
      });
    },
    close: () => child.stdin.end(),
  };
}
