/** What the page says of its offline copy and of a newer version of itself. */
import { signal } from "@preact/signals";

/** One sentence for the foot of the page; empty until there is something to say. */
export const kept = signal("");

/** Whether a reload would give the page threads that its server does not. */
export const threadsAfterReload = signal(false);

/** One sentence on a newer version, once there is one. */
export const newer = signal("");

/** The build this page is of, as the build wrote it into the page; empty in development. */
export const ownBuild = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content ?? "";
