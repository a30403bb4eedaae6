import { signal } from "@preact/signals";

/** Code that a reader has run instead of a card's own, until it is reset or another card opens. */
export const edited = signal<{ readonly id: string; readonly source: string } | null>(null);
