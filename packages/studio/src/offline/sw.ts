/**
 * The service worker: the studio's files of one build in a cache of their own, so that all of it works without a
 * network. The build puts `BUILD` and `FILES` in front of this file and writes it as `sw.js`; it imports nothing.
 */
declare const BUILD: string;
/** Name, the first digits of the content's SHA-256, and whether the first view needs it. */
declare const FILES: readonly (readonly [name: string, digest: string, first: 0 | 1])[];

interface Waitable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchLike extends Waitable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly serviceWorker?: ServiceWorker;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(of: { includeUncontrolled: boolean }): Promise<{ postMessage(message: unknown): void }[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Waitable) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchLike) => void): void;
  addEventListener(type: "message", listener: (event: Waitable & MessageEvent) => void): void;
}
const worker = self as unknown as Scope;

const SCOPE = worker.registration.scope;
// Several studios may live below different paths of one origin.
const OWN = `whetstone ${SCOPE} `;
const CACHE = OWN + BUILD;
const PAGE = "index.html";
const AT_ONCE = 3;
const GIVE_UP_AFTER = 6;
/** Threads need a shared memory, which browsers give only to a page that came with these. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

const urlOf = (name: string): string => new URL(name, SCOPE).href;
const known = new Map(FILES.map((file) => [urlOf(file[0]), file]));
const full = (cause: unknown): boolean => cause instanceof Error && cause.name === "QuotaExceededError";

function isolated(body: BodyInit | null, from: Response): Response {
  const headers = new Headers(from.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = from;
  return new Response(body, { status, statusText, headers });
}

/** A file from the network, only if it is the one of this build. */
async function fetched([name, digest]: (typeof FILES)[number]): Promise<Response> {
  const response = await fetch(urlOf(name), { cache: name.startsWith("assets/") ? "default" : "no-cache" });
  if (!response.ok) throw new TypeError(`${name}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const right =
    name === PAGE
      ? new TextDecoder().decode(bytes).includes(`content="${BUILD}"`)
      : (await digestOf(bytes)) === digest;
  if (!right) throw new TypeError(`${name} is of another version`);
  return isolated(bytes, response);
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Names below `assets/` carry a hash of their content, so another build's copy is as good. */
async function earlier(name: string): Promise<Response | undefined> {
  if (!name.startsWith("assets/")) return undefined;
  for (const key of await caches.keys()) {
    if (key === CACHE || !key.startsWith(OWN)) continue;
    const found = await (await caches.open(key)).match(urlOf(name));
    if (found) return found;
  }
  return undefined;
}

async function removeEarlier(): Promise<void> {
  for (const key of await caches.keys()) if (key !== CACHE && key.startsWith(OWN)) await caches.delete(key);
}

async function keep(cache: Cache, file: (typeof FILES)[number]): Promise<void> {
  await cache.put(urlOf(file[0]), (await earlier(file[0])) ?? (await fetched(file)));
}

type Said =
  | { readonly kind: "filling"; readonly done: number; readonly total: number }
  | { readonly kind: "filled"; readonly missing: number; readonly total: number; readonly full: boolean };

async function tell(said: Said): Promise<void> {
  for (const client of await worker.clients.matchAll({ includeUncontrolled: true }))
    client.postMessage({ ...said, build: BUILD });
}

/** Brings what is missing into the cache, a few files at a time; one that fails does not keep the others out. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  const present = new Set((await cache.keys()).map((request) => request.url));
  const wanted = FILES.filter(([name]) => !present.has(urlOf(name)));
  const total = FILES.length;
  let done = total - wanted.length;
  let inARow = 0;
  let noRoom = false;
  let told = 0;
  const next = async (): Promise<void> => {
    for (let file = wanted.shift(); file && !noRoom; file = wanted.shift()) {
      try {
        await keep(cache, file);
        done++;
        inARow = 0;
      } catch (cause) {
        if (full(cause)) noRoom = true;
        // The network is gone: what is left is asked for another time.
        else if (++inARow >= GIVE_UP_AFTER) wanted.length = 0;
      }
      if (Date.now() - told > 200) {
        told = Date.now();
        await tell({ kind: "filling", done, total });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  const tookOver = worker.serviceWorker === undefined || worker.serviceWorker.state === "activated";
  if (tookOver && (done === total || noRoom)) await removeEarlier();
  await tell({ kind: "filled", missing: total - done, total, full: noRoom });
}

let filling: Promise<void> | null = null;
const fillOnce = (): Promise<void> => {
  filling ??= fill()
    .catch((cause) => tell({ kind: "filled", missing: FILES.length, total: FILES.length, full: full(cause) }))
    .finally(() => {
      filling = null;
    });
  return filling;
};

async function answer(request: Request): Promise<Response> {
  const url = request.url.split(/[?#]/)[0]!;
  const page = request.mode === "navigate" && (url === SCOPE || url === urlOf(PAGE));
  const file = known.get(page ? urlOf(PAGE) : url);
  // A page that asks for the page by fetch wants to know what the server has now.
  if (!page && (!file || file[0] === PAGE)) return throughNetwork(request);
  const cache = await caches.open(CACHE).catch(() => null);
  const kept = (await cache?.match(urlOf(file![0]))) ?? (await earlier(file![0]).catch(() => undefined));
  if (kept) return kept;
  const response = await throughNetwork(request);
  // Kept for next time where it is certain which version it is of.
  if (cache && file && !page && response.ok) {
    const bytes = await response.clone().arrayBuffer();
    if ((await digestOf(bytes)) === file[1])
      await cache.put(urlOf(file[0]), isolated(bytes, response)).catch(() => {});
  }
  return response;
}

async function throughNetwork(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    return response.type === "basic" && !response.redirected ? isolated(response.body, response) : response;
  } catch (cause) {
    const kept = await earlier(request.url.slice(SCOPE.length));
    if (kept) return kept;
    throw cause;
  }
}

worker.addEventListener("install", (event) => {
  const first = FILES.filter((file) => file[2] === 1);
  event.waitUntil(
    caches.open(CACHE).then(
      (cache) =>
        Promise.all(first.map((file) => keep(cache, file))).catch((cause) => {
          // Without room the worker still does what else it does; without the files it waits for another time.
          if (!full(cause)) throw cause;
        }),
      () => {},
    ),
  );
});

worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (event) => {
  const { kind } = event.data as { kind?: unknown };
  if (kind === "fill") event.waitUntil(fillOnce());
  if (kind === "which") event.ports[0]?.postMessage(BUILD);
  if (kind === "take-over") event.waitUntil(worker.skipWaiting());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(SCOPE)) event.respondWith(answer(request));
});

export {};
