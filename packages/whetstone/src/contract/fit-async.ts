import { AbortError, WhetstoneError } from "../errors.ts";
import { encode } from "./codec.ts";
import { type FitOptions, type Progress, throwIfAborted } from "./run.ts";

/** What is sent to the worker, and what comes back. */
export interface FitRequest {
  /** Encoded `{ spec, X, y, sampleWeight, own }`. */
  readonly job: Uint8Array;
  readonly wantsProgress: boolean;
}
export type FitReply =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "warning"; readonly sentence: string }
  | { readonly kind: "model"; readonly bytes: Uint8Array }
  | {
      readonly kind: "error";
      readonly code: string | null;
      readonly fields: Record<string, unknown>;
      readonly message: string;
    };

interface Port {
  send(request: FitRequest): void;
  listen(onReply: (reply: FitReply) => void, onCrash: (message: string) => void): void;
  /** Whether the worker alone keeps a process from ending. */
  hold(holds: boolean): void;
  stop(): void;
}

/**
 * A worker that has answered and computes nothing. Its start cost most of a small fit's time, so that it waits a
 * moment for another one; not longer, since it also keeps the memory its largest fit took.
 */
let idle: { readonly port: Port; readonly timer: ReturnType<typeof setTimeout> } | undefined;
const IDLE_MS = 2000;

function takeWorker(): Port {
  if (idle === undefined) return startWorker();
  const { port, timer } = idle;
  idle = undefined;
  clearTimeout(timer);
  port.hold(true);
  return port;
}

function putBack(port: Port): void {
  if (idle !== undefined) {
    port.stop();
    return;
  }
  const drop = () => {
    idle = undefined;
    port.stop();
  };
  // One that breaks while nobody waits for it is of no use to the next.
  port.listen(
    () => {},
    () => {
      if (idle?.port !== port) return;
      clearTimeout(idle.timer);
      drop();
    },
  );
  port.hold(false);
  const timer = setTimeout(drop, IDLE_MS);
  if (typeof timer === "object") (timer as { unref(): void }).unref();
  idle = { port, timer };
}

/**
 * Fits in a worker that computes nothing else: a new one, or one whose fit has just ended. Aborting ends the worker at
 * once.
 */
export async function fitInWorker(
  spec: { constructor: unknown },
  X: unknown,
  y: unknown,
  options: FitOptions,
): Promise<unknown> {
  const where = `${(spec.constructor as { typeName?: string }).typeName}.fitAsync`;
  throwIfAborted(options.signal, where);
  const labels =
    y == null || Array.isArray(y) || ArrayBuffer.isView(y)
      ? (y ?? null)
      : Array.from(y as ArrayLike<unknown>);
  // What an estimator takes beyond the common options, such as the queries of a ranker, travels as it is.
  const { sampleWeight, signal: _, onProgress: _p, onWarning: _w, ...own } = options;
  const weights = sampleWeight && Float64Array.from(sampleWeight);
  const job = encode({ spec, X, y: labels, sampleWeight: weights ?? null, own }, where);
  const port = takeWorker();
  let answered = false;
  let onAbort = () => {};
  try {
    const bytes = await new Promise<Uint8Array>((resolve, reject) => {
      onAbort = () => reject(new AbortError(where, options.signal?.reason));
      options.signal?.addEventListener("abort", onAbort, { once: true });
      port.listen(
        (reply) => {
          try {
            if (reply.kind === "progress") options.onProgress?.(reply.progress);
            else if (reply.kind === "warning") (options.onWarning ?? console.warn)(reply.sentence);
            else {
              answered = true;
              if (reply.kind === "model") resolve(reply.bytes);
              else reject(rebuildError(reply));
            }
          } catch (error) {
            reject(error); // the caller's own callback threw
          }
        },
        (message) => {
          answered = false; // it may break after its answer, too
          reject(new WhetstoneError("worker", { where }, `the worker stopped: ${message}`));
        },
      );
      port.send({ job, wantsProgress: options.onProgress !== undefined });
    });
    // The registry knows every class; it is loaded only here, so that importing one family stays small.
    const { load } = await import("../registry/index.ts");
    return load(bytes);
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    // One that was aborted, or whose fit the caller's own callback gave up, still computes.
    if (answered) putBack(port);
    else port.stop();
  }
}

function rebuildError(reply: Extract<FitReply, { kind: "error" }>): Error {
  if (reply.code === null) return new Error(reply.message);
  const where = String(reply.fields.where);
  const sentence = reply.message.startsWith(`${where}: `)
    ? reply.message.slice(where.length + 2)
    : reply.message;
  return new WhetstoneError(reply.code as WhetstoneError["code"], { ...reply.fields, where }, sentence);
}

function startWorker(): Port {
  if (typeof Worker === "function" && typeof process === "undefined") {
    const worker = new Worker(new URL("../registry/fit-worker.js", import.meta.url), { type: "module" });
    return {
      send: (request) => worker.postMessage(request, [request.job.buffer]),
      listen(onReply, onCrash) {
        worker.onmessage = (event: MessageEvent<FitReply>) => onReply(event.data);
        worker.onerror = (event) => onCrash(event.message);
      },
      hold: () => {}, // a page ends its workers
      stop: () => worker.terminate(),
    };
  }
  const threads = process.getBuiltinModule("node:worker_threads");
  // Sources that run untranslated (this repository's tests) start the built worker.
  const here = import.meta.url.replace(/\/src\/contract\/[^/]*\.ts$/, "/dist/contract/fit-async.js");
  const worker = new threads.Worker(new URL("../registry/fit-worker.js", here));
  return {
    send: (request) => worker.postMessage(request, [request.job.buffer as ArrayBuffer]),
    listen(onReply, onCrash) {
      for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
      worker.on("message", onReply);
      worker.on("error", (error) => onCrash(error instanceof Error ? error.message : String(error)));
      worker.on("exit", (code) => onCrash(`exit code ${code}`));
    },
    hold: (holds) => (holds ? worker.ref() : worker.unref()),
    stop: () => void worker.terminate(),
  };
}
