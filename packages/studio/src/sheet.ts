/** What the build knows of the sheet, as the page receives it. */
import type { Controls, Level } from "@whetstone/sheet";

export interface CardSummary {
  readonly id: string;
  readonly title: string;
  readonly ask: string;
  readonly budget: "quick" | "costly";
  readonly level?: Level;
  /** How many ids of the catalogue the card executes. */
  readonly covers: number;
  /** Those that are systems. */
  readonly systems: readonly string[];
  /** How many circulating errors it shows. */
  readonly wrong: number;
}

export interface ChapterSummary {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly cards: readonly CardSummary[];
}

/** Rendered texts of a card: HTML made at build time. */
export interface CardDetails {
  readonly formula: string;
  readonly answer: string;
  readonly pitfall: string;
  readonly derivation: string;
  readonly errata: readonly { readonly claim: string; readonly claimed: string; readonly truth: string }[];
  readonly covers: readonly string[];
  readonly verifiedAgainst: readonly string[];
  readonly controls: Controls;
  readonly whenNot?: string;
  readonly followUps?: readonly { readonly ask: string; readonly answer: string }[];
  /** Names of the library that the card's code takes, and the chapters they are of. */
  readonly api: readonly { readonly chapter: string; readonly name: string }[];
  /** Ids of the cards whose texts are nearest. */
  readonly related: readonly string[];
  readonly source: string;
}
