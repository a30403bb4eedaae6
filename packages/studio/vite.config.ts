import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { api } from "./build/api-plugin.ts";
import { buildId } from "./build/build-id-plugin.ts";
import { drill } from "./build/drill-plugin.ts";
import { errata } from "./build/errata-plugin.ts";
import { library } from "./build/library-plugin.ts";
import { offline } from "./build/offline-plugin.ts";
import { searchIndex } from "./build/search-plugin.ts";
import { sheet } from "./build/sheet-plugin.ts";

// WHETSTONE_CARDS names another folder of built cards; the studio's own tests use one.
const cards = process.env.WHETSTONE_CARDS;
const cardsFolder = cards ?? fileURLToPath(new URL("../sheet/dist/cards", import.meta.url));

export default defineConfig({
  base: "./",
  plugins: [
    sheet(cards),
    buildId(cards),
    api(cardsFolder),
    searchIndex(cardsFolder),
    errata(cardsFolder),
    drill(cards),
    offline(),
  ],
  worker: {
    format: "es",
    plugins: () => [sheet(cards), library()],
    rolldownOptions: {
      output: {
        // Most cards draw without the library's help: what draws with it comes by itself.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "pictures", test: /sheet.dist.[a-z]+-pictures/ },
            { name: "sheet", test: /sheet.dist.(card|controls|figure|lab|run)\.js/ },
          ],
        },
      },
    },
  },
  build: {
    outDir: process.env.WHETSTONE_STUDIO_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
});
