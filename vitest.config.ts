import { defineConfig } from "vitest/config";

const TIMING = "packages/*/test/timing.test.ts";

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
