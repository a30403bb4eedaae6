/** A lab's worker that has nothing to do waits here for the next lab: a reader who goes on to another card waits for no start. */

/** A spare one that nobody took gives its memory back. */
const REST_MS = 60_000;

export interface LabWorker {
  readonly worker: Worker;
  /** Whether it has answered since it was started: if not, its code may not have arrived. */
  ready: boolean;
}

let spare: LabWorker | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

const start = (): LabWorker => ({
  worker: new Worker(new URL("./lab-worker.ts", import.meta.url), { type: "module", name: "lab" }),
  ready: false,
});

/** The spare worker, or a new one; throws where the browser refuses to start it. */
export function takeWorker(): LabWorker {
  const taken = spare ?? start();
  clearTimeout(timer);
  spare = null;
  return taken;
}

/** Keeps a worker that has nothing to do. */
export function keepWorker(idle: LabWorker): void {
  if (spare) {
    idle.worker.terminate();
    return;
  }
  spare = idle;
  idle.worker.onmessage = () => {
    idle.ready = true;
  };
  idle.worker.onerror = (event) => {
    event.preventDefault();
    if (spare === idle) drop();
  };
  clearTimeout(timer);
  timer = setTimeout(drop, REST_MS);
}

function drop(): void {
  spare?.worker.terminate();
  spare = null;
}

/** Starts a worker ahead of the lab that will need it, and has it fetch the card. */
export function prepareWorker(id: string): void {
  try {
    if (!spare) keepWorker(start());
    spare?.worker.postMessage({ prepare: id });
  } catch {
    // The lab says so when it needs one.
  }
}
