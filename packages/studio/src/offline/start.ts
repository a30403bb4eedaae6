/** Registers the service worker, lets it fill its cache in the background, and says how far it is. */
import { kept, newer, ownBuild, threadsAfterReload } from "./state.ts";
import { buildOf, READY } from "./watch.ts";

const AGAIN_MS = 30_000;
const NOT_KEPT = "Not kept for offline use: ";

interface Said {
  readonly build: string;
  readonly kind: "filling" | "filled";
  readonly done: number;
  readonly total: number;
  readonly missing: number;
  readonly full: boolean;
}

export async function start(): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers) {
    kept.value = `${NOT_KEPT}${isSecureContext ? "this browser does not offer it" : "the page needs https for it"}.`;
    return;
  }
  let registration: ServiceWorkerRegistration;
  try {
    registration = await workers.register("./sw.js", { scope: "./", updateViaCache: "none" });
  } catch {
    kept.value = navigator.onLine ? `${NOT_KEPT}the browser does not allow it.` : "";
    return;
  }
  watchForUpdates(registration);
  workers.addEventListener("controllerchange", () => void compare(workers.controller));

  let complete = false;
  let heard = 0;
  workers.addEventListener("message", ({ data }: MessageEvent<Said>) => {
    if (data.build !== ownBuild()) return;
    heard = performance.now();
    if (data.kind === "filling") kept.value = `Keeping a copy for offline use: ${data.done} of ${data.total}`;
    else {
      complete = data.missing === 0;
      kept.value = complete
        ? "Ready offline"
        : data.full
          ? `${NOT_KEPT}the browser's storage is full.`
          : partly(data);
    }
  });
  const { active } = await workers.ready;
  await compare(active);
  threadsAfterReload.value = !crossOriginIsolated;
  // A fill that was interrupted goes on where it stopped: with the connection, or a while later.
  const fill = () => {
    if (complete || registration.waiting || performance.now() - heard < 1000) return;
    registration.active?.postMessage({ kind: "fill" });
  };
  heard = -1000;
  fill();
  addEventListener("online", fill);
  setInterval(() => performance.now() - heard > AGAIN_MS && navigator.onLine && fill(), AGAIN_MS);
}

const partly = ({ missing, total }: Said): string =>
  `Ready offline but for ${missing} of ${total} files, which are tried again later`;

async function compare(worker: ServiceWorker | null): Promise<void> {
  const build = await buildOf(worker);
  if (build !== "" && build !== ownBuild()) newer.value ||= READY;
}

function watchForUpdates(registration: ServiceWorkerRegistration): void {
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) newer.value ||= READY;
  };
  offer();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", offer),
  );
  // A page that stays open for days asks when it is looked at again.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}
