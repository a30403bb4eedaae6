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
declare module "virtual:library" {
  const modules: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;
  export default modules;
}
