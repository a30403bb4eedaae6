import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const TIMING = "packages/*/test/timing.test.ts";

/** Files of more than a minute. Begun last, one of them would run on while the other worker has nothing left. */
const LONG =
  /(sheet.test.cards|whetstone.test.(conformance|parameters)|(live-cards|studio|offline)|test.exports)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// Tests read the TypeScript sources; only code started in a worker uses the built files.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
  test: {
    setupFiles: ["./test/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser draws while other tests hold the processors: what a test waits for may take its time.
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [TIMING],
          sequence: { groupOrder: 0 },
        },
      },
      // What measures time has the machine to itself.
      { extends: true, test: { name: "timing", include: [TIMING], sequence: { groupOrder: 1 } } },
    ],
  },
});
