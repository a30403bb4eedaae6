/** Runs the command in this process and keeps what it prints. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { run } from "../src/program.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function whetstone(...args: readonly string[]): Promise<Outcome> {
  const kept = { stdout: "", stderr: "" };
  const writers = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const stream of ["stdout", "stderr"] as const) {
    process[stream].write = ((text: string | Uint8Array) => {
      kept[stream] += typeof text === "string" ? text : new TextDecoder().decode(text);
      return true;
    }) as typeof process.stdout.write;
  }
  try {
    const code = await run(args);
    return { code, ...kept };
  } finally {
    process.stdout.write = writers.stdout;
    process.stderr.write = writers.stderr;
  }
}

/** A folder that is gone after the tests of the file. */
export function workFolder(): {
  path(name: string): string;
  write(name: string, content: string | Uint8Array): string;
} {
  const root = mkdtempSync(join(tmpdir(), "whetstone-cli-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const path = (name: string) => join(root, name);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}

/** A report of `--json` without what a clock or a folder name put there. */
export function withoutTimes(stdout: string): unknown {
  const gone = new Set(["fitSeconds", "predictSecondsPerRow", "out", "file"]);
  return JSON.parse(stdout, (key, value) => (gone.has(key) ? undefined : value));
}
