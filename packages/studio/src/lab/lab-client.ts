/** The page's side of a lab: the latest request wins, a worker that dies is replaced, cancelling ends it at once. */
import type { CardResult } from "@whetstone/sheet";
import { partMissing } from "../offline/watch.ts";
import type { ShownOutput } from "./fit-to-page.ts";
import type { PlainData } from "./own/prepare.ts";

export interface LabRequest {
  readonly id: string;
  readonly controls: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  /** Code to run in the card's place. */
  readonly source?: string;
  /** The reader's own data, for a dataset control that asks for it. */
  readonly table?: PlainData;
}
export type LabMessage = LabRequest & { readonly run: number };
export type LabReply =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly run: number; readonly done: number; readonly total: number }
  | {
      readonly kind: "done";
      readonly run: number;
      readonly outputs: readonly ShownOutput[];
      readonly result: CardResult;
    }
  | { readonly kind: "failed"; readonly run: number; readonly error: string };

export interface LabListener {
  /** A run begins: the one asked for, or one that waited. */
  started(): void;
  progress(done: number, total: number): void;
  done(request: LabRequest, outputs: readonly ShownOutput[], result: CardResult): void;
  failed(sentence: string): void;
}

/** A run older than this is ended when a newer request comes; a younger one, or one whose worker is still starting, is waited for. */
const PATIENCE_MS = 1000;

export class LabClient {
  readonly #listener: LabListener;
  #worker: Worker | null = null;
  /** Whether the worker has answered since it was started: if not, its code may not have arrived. */
  #ready = false;
  #running: { readonly run: number; since: number; readonly request: LabRequest } | null = null;
  #waiting: LabRequest | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #runs = 0;

  constructor(listener: LabListener) {
    this.#listener = listener;
  }

  request(request: LabRequest): void {
    if (!this.#running) {
      this.#send(request);
      return;
    }
    this.#waiting = request;
    if (this.#ready) this.#limitWait();
  }

  /** Ends the run in favour of what waits once it is older than our patience. */
  #limitWait(): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, PATIENCE_MS - (performance.now() - this.#running!.since));
    this.#timer = setTimeout(() => {
      const next = this.#waiting;
      this.#end();
      if (next) this.#send(next);
    }, left);
  }

  /** Ends the run and drops what waits. */
  cancel(): void {
    this.#end();
  }

  #send(request: LabRequest): void {
    const run = ++this.#runs;
    try {
      this.#worker ??= this.#start();
    } catch (cause) {
      this.#end();
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#listener.failed(`The browser refused to start the lab's worker: ${sentence(why)}`);
      return;
    }
    this.#running = { run, since: performance.now(), request };
    this.#waiting = null;
    this.#worker.postMessage({ ...request, run } satisfies LabMessage);
    this.#listener.started();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./lab-worker.ts", import.meta.url), { type: "module", name: "lab" });
    this.#ready = false;
    worker.onmessage = ({ data }: MessageEvent<LabReply>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker !== worker) return;
      const loaded = this.#ready;
      this.#end();
      if (!loaded) void partMissing();
      this.#listener.failed(
        loaded
          ? `The lab's worker stopped: ${sentence(event.message || "it gave no reason")} Run starts a new one.`
          : "The lab could not be loaded; is the connection gone? Run tries again.",
      );
    };
    return worker;
  }

  #receive(reply: LabReply): void {
    if (reply.kind === "ready") {
      this.#ready = true;
      // Loading is not computing: the run counts from here.
      if (this.#running) this.#running.since = performance.now();
      if (this.#waiting) this.#limitWait();
      return;
    }
    const running = this.#running;
    if (reply.run !== running?.run) return;
    if (reply.kind === "progress") {
      this.#listener.progress(reply.done, reply.total);
      return;
    }
    clearTimeout(this.#timer);
    const next = this.#waiting;
    this.#running = null;
    this.#waiting = null;
    if (reply.kind === "done") this.#listener.done(running.request, reply.outputs, reply.result);
    else {
      // A module that failed to load stays failed in its worker: the next run starts in a new one.
      this.#end();
      if (/import|module/.test(reply.error)) void partMissing();
      this.#listener.failed(`The lab could not run: ${sentence(reply.error)}`);
    }
    if (next) this.#send(next);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#running = null;
    this.#waiting = null;
  }
}

/** With one full stop, whatever the message ended with. */
export const sentence = (message: string): string => `${message.trim().replace(/[.\s]+$/, "")}.`;
