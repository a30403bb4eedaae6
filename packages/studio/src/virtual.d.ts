declare module "virtual:sheet" {
  const chapters: readonly import("./sheet.ts").ChapterSummary[];
  export default chapters;
}
declare module "virtual:details" {
  const details: Readonly<Record<string, () => Promise<{ default: import("./sheet.ts").CardDetails }>>>;
  export default details;
}
declare module "virtual:cards" {
  const cards: Readonly<Record<string, () => Promise<{ default: import("@whetstone/sheet").Card }>>>;
  export default cards;
}
declare module "virtual:api" {
  const chapters: readonly import("./api.ts").ApiChapter[];
  export default chapters;
}
declare module "virtual:api-chapters" {
  const chapters: Readonly<
    Record<string, () => Promise<{ default: readonly import("./api.ts").ApiEntry[] }>>
  >;
  export default chapters;
}
declare module "virtual:search" {
  /** A serialised index of MiniSearch. */
  const index: string;
  export default index;
}
declare module "virtual:errata" {
  const errata: readonly import("./errata.ts").ErratumEntry[];
  export default errata;
}
declare module "virtual:build" {
  /** Changes whenever a card or the library does. */
  export const id: string;
  /** The library's version. */
  export const version: string;
}
declare module "virtual:drill" {
  const chapters: readonly import("./pages/drill/items.ts").DrillChapter[];
  export default chapters;
}
declare module "virtual:library" {
  const modules: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;
  export default modules;
}
