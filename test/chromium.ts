import { existsSync } from "node:fs";

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** A Chromium of this machine: `CHROMIUM_PATH`, or where distributions put it. Null where there is none. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined) return named !== "" && existsSync(named) ? named : null;
  return CANDIDATES.find((path) => existsSync(path)) ?? null;
}

/** Why browser tests do not run, in the line they print. */
export const NO_CHROMIUM = "browser tests left out: no Chromium found (set CHROMIUM_PATH to use one)";

/**
 * Parts that no test looks at. A window without a face still loads the popup of the address bar, two pages of some eighty
 * scripts, and each page starts a process for the next one: together two fifths of what a page costs.
 */
const UNUSED = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "SpareRendererForSitePerProcess",
];

/** What Playwright switches off by the same flag, of which Chromium takes the last. */
const AS_PLAYWRIGHT = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "OptimizationHints",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
];

export const CHROMIUM_FLAGS = [
  `--disable-features=${[...UNUSED, ...AS_PLAYWRIGHT].join()}`,
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
