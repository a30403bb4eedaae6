import { signal } from "@preact/signals";
import type { Controls } from "@whetstone/sheet";
import type { LabState } from "../lab/address.ts";

/** Code that a reader has run instead of a card's own, until it is reset or another card opens. */
export const edited = signal<{ readonly id: string; readonly source: string } | null>(null);

/** What the first lab on the page lets a reader move, and where that stands. */
export const moved = signal<{ readonly controls: Controls; readonly state: LabState } | null>(null);
