import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import type { Answer } from "./module-dataset-page.ts";
import { runPage } from "./run-page.ts";

const browser = findChromium();
if (!browser) console.log(NO_CHROMIUM);

test.skipIf(!browser)("a page reads a dataset in workers as by itself", { timeout: 60_000 }, async () => {
  const module = `export default ({ n, failing }) => ({
    length: n,
    async get(i, epoch) {
      if (i === failing) throw new Error("the picture has no pixels");
      await new Promise((resume) => setTimeout(resume, (i * 7) % 5));
      return [Float32Array.of(i, epoch + i / 10), i];
    },
  });`;
  const page = fileURLToPath(new URL("module-dataset-page.ts", import.meta.url));
  const { batches, sentence } = await runPage<Answer>(browser!, page, {
    flags: CHROMIUM_FLAGS,
    files: { "/dataset.js": module },
  });
  expect(batches).toHaveLength(3);
  expect(batches[0]).toHaveLength(8);
  for (const other of batches.slice(1)) expect(other).toEqual(batches[0]);
  expect(sentence).toContain("sample 4 failed: the picture has no pixels");
});
