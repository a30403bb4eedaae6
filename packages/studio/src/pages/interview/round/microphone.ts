/** Speech into a Blob, by the browser's own recorder. */

/** The longest recording: what is said in three minutes is a long answer. */
export const LIMIT_MS = 180_000;
/** Speech at 24 kbit/s takes 540 KB in that time; a browser that knows no such rate is stopped here. */
export const LIMIT_BYTES = 6_000_000;
const BITS_PER_SECOND = 24_000;
/** How often what was said so far is handed over, so that a page that is closed has lost little. */
const SLICE_MS = 2000;

export const canRecord = (): boolean =>
  typeof MediaRecorder !== "undefined" && navigator.mediaDevices?.getUserMedia !== undefined;

export const NO_RECORDER = "This browser records nothing on this page, so type your answer.";

/** Why there is no recording, in one sentence. */
export function whyNot(cause: unknown): string {
  const name = cause instanceof DOMException ? cause.name : "";
  if (name === "NotAllowedError" || name === "SecurityError")
    return "The microphone was refused, so type your answer; the browser's address bar can allow it.";
  if (name === "NotFoundError") return "No microphone was found, so type your answer.";
  return "The microphone could not be used, so type your answer.";
}

export interface Handlers {
  /** All that was said so far. */
  readonly onSound: (sound: Blob) => void;
  /** The recording is over, by itself where it grew too `large`; `empty` where nothing came. */
  readonly onEnd: (how: "stopped" | "large" | "empty") => void;
}

/** Asks for the microphone and records; returns what stops it. Rejects where there is no microphone. */
export async function record({ onSound, onEnd }: Handlers): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
    const pieces: Blob[] = [];
    let size = 0;
    const stop = () => {
      if (recorder.state !== "inactive") recorder.stop();
    };
    recorder.ondataavailable = ({ data }) => {
      if (data.size === 0) return;
      pieces.push(data);
      size += data.size;
      onSound(new Blob(pieces, { type: recorder.mimeType }));
      if (size > LIMIT_BYTES) stop();
    };
    // It also stops when the microphone is pulled out.
    recorder.onstop = () => {
      release();
      onEnd(size > LIMIT_BYTES ? "large" : size === 0 ? "empty" : "stopped");
    };
    recorder.start(SLICE_MS);
    return stop;
  } catch (cause) {
    release();
    throw cause;
  }
}
