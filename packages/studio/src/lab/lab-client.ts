/** The page's side of a lab: the latest request wins, a worker that dies is replaced, cancelling ends it at once. */
import type { CardResult, Controls } from "@whetstone/sheet";
import { partMissing } from "../offline/watch.ts";
import type { ShownOutput } from "./fit-to-page.ts";
import type { PlainData } from "./own/prepare.ts";
import { keepWorker, type LabWorker, takeWorker } from "./spare-worker.ts";

export interface LabRequest {
  readonly id: string;
  readonly controls: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  /** Code to run in the card's place. */
  readonly source?: string;
  /** The reader's own data, for a dataset control that asks for it. */
  readonly table?: PlainData;
}
export type LabMessage = (LabRequest & { readonly run: number }) | { readonly prepare: string };
export type LabReply =
  | { readonly kind: "ready" }
  /** What edited code lets a reader move. */
  | { readonly kind: "controls"; readonly run: number; readonly controls: Controls }
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
  /** The controls of the edited code that runs. */
  controls?(controls: Controls): void;
  done(request: LabRequest, outputs: readonly ShownOutput[], result: CardResult): void;
  failed(sentence: string): void;
}

/** A run older than this is ended when a newer request comes; a younger one, or one whose worker is still starting, is waited for. */
const PATIENCE_MS = 1000;

/** Over all labs: what a worker still says of an earlier lab's run is not taken for this one's. */
let runs = 0;

export class LabClient {
  readonly #listener: LabListener;
  #at: LabWorker | null = null;
  /** Whether a reader's own code ran in the worker, which may have left anything behind. */
  #marked = false;
  #running: { readonly run: number; since: number; readonly request: LabRequest } | null = null;
  #waiting: LabRequest | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: LabListener) {
    this.#listener = listener;
  }

  request(request: LabRequest): void {
    if (!this.#running) {
      this.#send(request);
      return;
    }
    this.#waiting = request;
    if (this.#at?.ready) this.#limitWait();
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

  /** The lab goes away: a worker between runs is kept for the next one. */
  close(): void {
    const idle = this.#running || this.#marked ? null : this.#at;
    if (idle) this.#at = null;
    this.#end();
    if (idle) keepWorker(idle);
  }

  #send(request: LabRequest): void {
    const run = ++runs;
    try {
      this.#at ??= this.#start();
    } catch (cause) {
      this.#end();
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#listener.failed(`The browser refused to start the lab's worker: ${sentence(why)}`);
      return;
    }
    this.#running = { run, since: performance.now(), request };
    this.#waiting = null;
    if (request.source !== undefined) this.#marked = true;
    this.#at.worker.postMessage({ ...request, run } satisfies LabMessage);
    this.#listener.started();
  }

  #start(): LabWorker {
    const at = takeWorker();
    this.#marked = false;
    at.worker.onmessage = ({ data }: MessageEvent<LabReply>) => this.#receive(data);
    at.worker.onerror = (event) => {
      event.preventDefault();
      if (this.#at !== at) return;
      this.#end();
      if (!at.ready) void partMissing();
      this.#listener.failed(
        at.ready
          ? `The lab's worker stopped: ${sentence(event.message || "it gave no reason")} Run starts a new one.`
          : "The lab could not be loaded; is the connection gone? Run tries again.",
      );
    };
    return at;
  }

  #receive(reply: LabReply): void {
    if (reply.kind === "ready") {
      this.#at!.ready = true;
      // Loading is not computing: the run counts from here.
      if (this.#running) this.#running.since = performance.now();
      if (this.#waiting) this.#limitWait();
      return;
    }
    const running = this.#running;
    if (reply.run !== running?.run) return;
    if (reply.kind === "controls") {
      this.#listener.controls?.(reply.controls);
      return;
    }
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
    this.#at?.worker.terminate();
    this.#at = null;
    this.#running = null;
    this.#waiting = null;
  }
}

/** With one full stop, whatever the message ended with. */
export const sentence = (message: string): string => `${message.trim().replace(/[.\s]+$/, "")}.`;
