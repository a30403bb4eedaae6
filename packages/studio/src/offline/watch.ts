/**
 * The part of offline use that is in the first view: small, because it must be there when everything else that
 * this page would load has left the server.
 */
import { newer, ownBuild } from "./state.ts";

export const READY = "A new version is ready.";
const GONE = "A new version is ready; parts of this one are no longer on the server.";
/** The first view and the first lab come first. */
const START_AFTER_MS = 3000;
const TAKE_OVER_MS = 4000;

/** Told by whoever asked the server for a part of the studio and did not get it. */
export async function partMissing(): Promise<void> {
  const own = ownBuild();
  if (own === "" || newer.value === GONE) return;
  try {
    const response = await fetch(location.href.split(/[?#]/)[0]!, { cache: "no-store" });
    const there = /<meta name="build" content="(\w+)"/.exec(await response.text())?.[1];
    if (there !== undefined && there !== own) newer.value = GONE;
  } catch {
    // No connection: whoever asked says so.
  }
}

export function watch(): void {
  addEventListener("vite:preloadError", () => void partMissing());
  if (!import.meta.env.PROD || new URLSearchParams(location.search).has("nosw")) return;
  const later = () =>
    setTimeout(() => import("./start.ts").then(({ start }) => start()).catch(() => {}), START_AFTER_MS);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}

/** Reloads into the newest version there is. */
export async function renew(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    if (registration) await letNewestTakeOver(registration);
  } catch {
    // The browser's copy cannot be renewed; the server's page is as good.
  }
  location.reload();
}

async function letNewestTakeOver(registration: ServiceWorkerRegistration): Promise<void> {
  await registration.update().catch(() => {});
  const next = registration.waiting ?? registration.installing;
  if (!next) {
    // The worker still hands out this version, and there is no newer worker: it must not hand it out again.
    if ((await buildOf(registration.active)) === ownBuild()) await registration.unregister();
    return;
  }
  const reached = (state: ServiceWorkerState) =>
    new Promise<void>((resolve) => {
      const look = () => (next.state === state || next.state === "redundant") && resolve();
      next.addEventListener("statechange", look);
      setTimeout(resolve, TAKE_OVER_MS);
      look();
    });
  if (next.state === "installing") await reached("installed");
  next.postMessage({ kind: "take-over" });
  await reached("activated");
}

/** What a worker answers when it is asked which build it is of; empty when it does not answer. */
export function buildOf(worker: ServiceWorker | null): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(""), 1000);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
    worker?.postMessage({ kind: "which" }, [port2]);
  });
}
