/**
 * Makes the build installable: web manifest and icons; and usable offline: `sw.js`, which knows every file of this
 * build by name and content, and the build's id in the page.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, transformWithOxc } from "vite";
import { iconPng, maskableSvg } from "./icons.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const MANIFEST = {
  id: "./",
  name: "Whetstone: machine learning, executed",
  short_name: "Whetstone",
  description: "Machine learning in which every statement is executed",
  lang: "en",
  start_url: "./",
  scope: "./",
  display: "standalone",
  background_color: "#fdfcf9",
  theme_color: "#fdfcf9",
  categories: ["education"],
  icons: [
    { src: "icons/192.png", sizes: "192x192", type: "image/png", purpose: "any" },
    { src: "icons/512.png", sizes: "512x512", type: "image/png", purpose: "any" },
    { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    { src: "icons/maskable.svg", sizes: "any", type: "image/svg+xml", purpose: "maskable" },
  ],
} as const;

const HEAD = `
    <link rel="manifest" href="./manifest.webmanifest" />
    <link rel="apple-touch-icon" href="./icons/180.png" />
    <meta name="theme-color" media="(prefers-color-scheme: light)" content="#fdfcf9" />
    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#16181c" />`;

export function offline(): Plugin {
  let folder = "";
  return {
    name: "whetstone-offline",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith("/")) folder = config.build.outDir;
    },
    writeBundle: {
      order: "post",
      sequential: true,
      // The folder itself is read: it alone has what every worker's own build put there.
      async handler() {
        writeInstallable(folder);
        const files = listFiles(folder);
        const build = shortHash(files.map((name) => name + contentHash(folder, name)).join("\n"));
        const { version } = JSON.parse(readFileSync(here("../package.json"), "utf8")) as { version: string };
        const date = new Date().toISOString().slice(0, 10);
        const page = join(folder, "index.html");
        const meta = `\n    <meta name="build" content="${build}" data-version="${version}" data-date="${date}" />`;
        const html = readFileSync(page, "utf8").replace("</title>", `</title>${meta}${HEAD}`);
        writeFileSync(page, html);
        const list = files.map((name) => [
          name,
          name === "index.html" ? "" : contentHash(folder, name),
          name === "index.html" || html.includes(`"./${name}"`) ? 1 : 0,
        ]);
        // What the first view needs comes first.
        list.sort((a, b) => Number(b[2]) - Number(a[2]));
        writeFileSync(join(folder, "sw.js"), await serviceWorker(build, list));
      },
    },
  };
}

function writeInstallable(folder: string): void {
  mkdirSync(join(folder, "icons"), { recursive: true });
  writeFileSync(join(folder, "manifest.webmanifest"), `${JSON.stringify(MANIFEST, null, 2)}\n`);
  writeFileSync(join(folder, "icons/maskable.svg"), maskableSvg());
  writeFileSync(join(folder, "icons/maskable-512.png"), iconPng(512, 0.72));
  for (const size of [180, 192, 512]) writeFileSync(join(folder, `icons/${size}.png`), iconPng(size, 0.9));
}

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/").replace(/^\//, ""),
    )
    .filter((name) => name !== "sw.js")
    .sort();

const contentHash = (folder: string, name: string): string => shortHash(readFileSync(join(folder, name)));
const shortHash = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("hex").slice(0, 16);

async function serviceWorker(build: string, files: readonly unknown[]): Promise<string> {
  const source = here("../src/offline/sw.ts");
  const { code } = await transformWithOxc(readFileSync(source, "utf8"), source);
  const script = code.replace(/export\s*\{\s*\};?\s*$/, "");
  return `const BUILD = ${JSON.stringify(build)};\nconst FILES = ${JSON.stringify(files)};\n${script}`;
}
