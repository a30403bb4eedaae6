import { defineConfig } from "vite";
import { library } from "./build/library-plugin.ts";
import { sheet } from "./build/sheet-plugin.ts";

// WHETSTONE_CARDS names another folder of built cards; the studio's own tests use one.
const cards = process.env.WHETSTONE_CARDS;

export default defineConfig({
  base: "./",
  plugins: [sheet(cards)],
  worker: { format: "es", plugins: () => [sheet(cards), library()] },
  build: {
    outDir: process.env.WHETSTONE_STUDIO_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
});
