/** What stands at the foot of every printed page: what it is of, which version, when, and its number. */
const DAY = { day: "numeric", month: "long", year: "numeric" } as const;
const quoted = (text: string): string => `"${text.replaceAll(/["\\\n]/g, " ")}"`;

export function marginBoxes(title: string): string {
  const { version = "", date = "" } =
    document.querySelector<HTMLMetaElement>('meta[name="build"]')?.dataset ?? {};
  const built = version === "" ? "" : ` ${version}, built ${new Date(date).toLocaleDateString("en-GB", DAY)}`;
  const today = new Date().toLocaleDateString("en-GB", DAY);
  const look = "font: 6.5pt system-ui, sans-serif; color: #000; vertical-align: top; padding-top: 2.5mm;";
  return `@page {
    size: A4;
    margin: 10mm 12mm 13mm;
    @bottom-left { content: ${quoted(`Whetstone${built} · printed ${today}`)}; ${look} }
    @bottom-center { content: ${quoted(title.length > 40 ? "" : title)}; ${look} }
    @bottom-right { content: counter(page) " / " counter(pages); ${look} }
  }`;
}
