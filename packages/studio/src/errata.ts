/** A circulating claim that does not hold, as the page receives it; texts are HTML made at build time. */
export interface ErratumEntry {
  readonly claim: string;
  readonly chapter: string;
  readonly card: string;
  readonly title: string;
  readonly claimed: string;
  readonly truth: string;
}

export const errataHref = (chapter?: string): string =>
  `#/errata${chapter === undefined ? "" : `/${chapter}`}`;
export const claimHref = (claim: string): string => `#/errata?claim=${encodeURIComponent(claim)}`;
