import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CEILINGS_KB } from "./byte-ceilings.ts";

const script = new URL("../scripts/chapter-bytes.mjs", import.meta.url).href;
const measure = (await import(script)) as {
  chapters(): string[];
  chapterKilobytes(chapter: string): Promise<number>;
};
const { chapterKilobytes } = measure;
const chapters = measure.chapters();

test("every chapter has a byte ceiling, and every ceiling a chapter", () => {
  expect(Object.keys(CEILINGS_KB).sort()).toEqual([...chapters].sort());
});

describe.each(chapters)("whetstone/%s", (chapter) => {
  test("imports alone, and leaves nothing running", () => {
    const code = `const m = await import("whetstone/${chapter}"); if (Object.keys(m).length === 0) throw new Error("exports nothing");`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("stays under its byte ceiling", async () => {
    expect(await chapterKilobytes(chapter)).toBeLessThan(CEILINGS_KB[chapter]!);
  });
});
