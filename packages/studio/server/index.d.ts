export interface StudioServer {
  /** Where the studio answers, e.g. `http://localhost:4600`. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** `"127.0.0.1"` by default: this machine only. */
  readonly host?: string;
  /** Send the headers that allow threads in the page; true by default. */
  readonly isolated?: boolean;
  /** Folder of the build; the package's own by default. */
  readonly root?: string;
}

/**
 * Serves the built studio. Rejects with the system's error (`code: "EADDRINUSE"`) when the port is taken, and
 * with a sentence when the studio is not built.
 */
export function serveStudio(options: ServeOptions): Promise<StudioServer>;
