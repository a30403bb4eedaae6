/**
 * Runs cards for their pictures, one at a time: what the reader asked for, then quick cards in sight, and costly
 * ones in sight once nothing has moved for a while. Rests while the page is hidden.
 */

import { LabClient } from "../lab/lab-client.ts";
import type { CardSummary } from "../sheet.ts";
import { type Picture, pictureOf } from "./picture.ts";

const CALM_MS = 1500;
/** A card that takes longer is left for the reader to ask for. */
const LONGEST_MS = 20_000;

export interface PainterListener {
  started(id: string): void;
  painted(id: string, picture: Picture): void;
  failed(id: string, why: string): void;
}

export class Painter {
  readonly #listener: PainterListener;
  readonly #client: LabClient;
  readonly #asked: string[] = [];
  /** Those in sight, in the order they came. */
  readonly #quick = new Set<string>();
  readonly #costly = new Set<string>();
  readonly #finished = new Set<string>();
  #at: { readonly id: string; readonly asked: boolean } | null = null;
  #calm: ReturnType<typeof setTimeout> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  readonly #wake = () => {
    if (!document.hidden) this.#next();
  };

  constructor(listener: PainterListener) {
    this.#listener = listener;
    this.#client = new LabClient({
      started() {},
      progress() {},
      done: ({ id }, outputs, result) => {
        this.#end();
        if (result.error === undefined) listener.painted(id, pictureOf(outputs, result));
        else listener.failed(id, result.error);
        // What was just computed is drawn before the next is.
        setTimeout(() => this.#next());
      },
      failed: (why) => this.#fail(why),
    });
    document.addEventListener("visibilitychange", this.#wake);
  }

  /** A card came into sight. */
  want({ id, budget }: CardSummary): void {
    (budget === "quick" ? this.#quick : this.#costly).add(id);
    this.#next();
  }

  /** A card went out of sight, or has its picture. */
  unwant(id: string): void {
    this.#quick.delete(id);
    this.#costly.delete(id);
  }

  /** The reader asked for it. */
  ask(id: string): void {
    this.#asked.push(id);
    if (this.#at && !this.#at.asked) {
      // It will have its turn again while it is in sight.
      this.#finished.delete(this.#at.id);
      this.#client.cancel();
      this.#end();
    }
    this.#next();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#calm);
    this.#quick.clear();
    this.#costly.clear();
    this.#asked.length = 0;
    this.#client.close();
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#limit);
    this.#at = null;
  }

  #fail(why: string): void {
    const at = this.#at;
    this.#end();
    if (at) this.#listener.failed(at.id, why);
    setTimeout(() => this.#next());
  }

  #next(): void {
    clearTimeout(this.#calm);
    if (this.#at || document.hidden) return;
    const asked = this.#asked.shift();
    const waiting = (of: ReadonlySet<string>) => [...of].find((id) => !this.#finished.has(id));
    const id = asked ?? waiting(this.#quick);
    if (id !== undefined) this.#run(id, asked !== undefined);
    else if (waiting(this.#costly) !== undefined)
      this.#calm = setTimeout(() => {
        const costly = waiting(this.#costly);
        if (costly !== undefined && !this.#at) this.#run(costly, false);
      }, CALM_MS);
  }

  #run(id: string, asked: boolean): void {
    this.#at = { id, asked };
    this.#finished.add(id);
    this.#listener.started(id);
    if (!asked)
      this.#limit = setTimeout(() => {
        this.#client.cancel();
        this.#fail("");
      }, LONGEST_MS);
    this.#client.request({ id, controls: {}, seed: 0 });
  }
}
