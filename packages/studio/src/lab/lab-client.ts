/** The page's side of a lab: the latest request wins, a worker that dies is replaced, cancelling ends it at once. */
import type { CardResult } from "@whetstone/sheet";
import type { LabState } from "./address.ts";
import type { ShownOutput } from "./fit-to-page.ts";

export interface LabRequest {
  readonly run: number;
  readonly id: string;
  readonly state: LabState;
}
export type LabReply =
  | { readonly kind: "progress"; readonly run: number; readonly done: number; readonly total: number }
  | {
      readonly kind: "done";
      readonly run: number;
      readonly outputs: readonly ShownOutput[];
      readonly result: CardResult;
    }
  | { readonly kind: "failed"; readonly run: number; readonly error: string };

export interface LabListener {
  progress(done: number, total: number): void;
  /** `state` is what the run was asked for, which may be older than where the controls are now. */
  done(outputs: readonly ShownOutput[], result: CardResult, state: LabState): void;
  failed(sentence: string): void;
}

/** A run older than this is ended when a newer request comes; a younger one is waited for. */
const PATIENCE_MS = 400;

export class LabClient {
  readonly #listener: LabListener;
  #worker: Worker | null = null;
  #running: { readonly run: number; readonly since: number; readonly state: LabState } | null = null;
  #waiting: Omit<LabRequest, "run"> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #runs = 0;

  constructor(listener: LabListener) {
    this.#listener = listener;
  }

  request(request: Omit<LabRequest, "run">): void {
    if (!this.#running) {
      this.#send(request);
      return;
    }
    this.#waiting = request;
    clearTimeout(this.#timer);
    const left = Math.max(0, PATIENCE_MS - (performance.now() - this.#running.since));
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

  #send(request: Omit<LabRequest, "run">): void {
    const run = ++this.#runs;
    this.#running = { run, since: performance.now(), state: request.state };
    this.#waiting = null;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ ...request, run } satisfies LabRequest);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./lab-worker.ts", import.meta.url), { type: "module", name: "lab" });
    worker.onmessage = ({ data }: MessageEvent<LabReply>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker !== worker) return;
      this.#end();
      this.#listener.failed(
        `The lab's worker stopped${event.message ? `: ${event.message}` : ""}. Run starts a new one.`,
      );
    };
    return worker;
  }

  #receive(reply: LabReply): void {
    if (reply.run !== this.#running?.run) return;
    if (reply.kind === "progress") {
      this.#listener.progress(reply.done, reply.total);
      return;
    }
    clearTimeout(this.#timer);
    const { state } = this.#running;
    this.#running = null;
    const next = this.#waiting;
    if (reply.kind === "done") this.#listener.done(reply.outputs, reply.result, state);
    else this.#listener.failed(`The lab could not run: ${reply.error}.`);
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
