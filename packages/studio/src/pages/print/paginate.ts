/**
 * Fills pages of two columns with cards: none is divided, and a hole at the foot of a column is filled with the
 * tallest later card of the chapter that fits, since cards of a chapter have no order that matters.
 */
export interface Block {
  readonly key: string;
  /** In any unit, the same for all. */
  readonly height: number;
}

export interface ChapterBlocks {
  readonly heading: Block | null;
  /** Each card's parts, which stay in order: its text with one figure, then further figures. */
  readonly cards: readonly (readonly Block[])[];
}

/** Keys of the blocks of each column, two columns a page. */
export type PageKeys = readonly [readonly string[], readonly string[]];

interface Column {
  readonly room: number;
  readonly blocks: Block[];
}

const used = (blocks: readonly Block[]): number => blocks.reduce((sum, block) => sum + block.height, 0);

/** `room` is the height of a column, `head` what a title takes of both columns of the first page. */
export function paginate(chapters: readonly ChapterBlocks[], room: number, head: number): PageKeys[] {
  const columns: Column[] = [];
  const open = (): Column => {
    const column = { room: columns.length < 2 ? room - head : room, blocks: [] };
    columns.push(column);
    return column;
  };
  let column = open();
  const left = () => column.room - used(column.blocks);
  const put = (block: Block) => {
    if (block.height > left() && column.blocks.length > 0) column = open();
    column.blocks.push(block);
  };

  for (const { heading, cards } of chapters) {
    const waiting = [...cards];
    if (heading) {
      // A heading alone at the foot of a column would head nothing.
      const least = Math.min(...waiting.map((card) => card[0]!.height));
      if (heading.height + least > left() && column.blocks.length > 0) column = open();
      put(heading);
    }
    while (waiting.length > 0) {
      let next = 0;
      if (waiting[0]![0]!.height > left()) {
        const fitting = waiting.map((card) => (card[0]!.height <= left() ? card[0]!.height : -1));
        const tallest = Math.max(...fitting);
        if (tallest > 0) next = fitting.indexOf(tallest);
      }
      for (const block of waiting.splice(next, 1)[0]!) put(block);
    }
  }
  balanceLast(columns, open);
  const pages: PageKeys[] = [];
  for (let i = 0; i < columns.length; i += 2)
    pages.push([columns[i]!, columns[i + 1]].map((c) => c?.blocks.map((b) => b.key) ?? []) as never);
  return pages;
}

/** The two columns of the last page as equally long as its blocks allow. */
function balanceLast(columns: Column[], open: () => Column): void {
  if (columns.length % 2 === 1) open();
  const [a, b] = columns.slice(-2) as [Column, Column];
  const blocks = [...a.blocks, ...b.blocks];
  let best = a.blocks.length;
  let longest = Math.max(used(a.blocks), used(b.blocks));
  for (let at = 1; at < blocks.length; at++) {
    const long = Math.max(used(blocks.slice(0, at)), used(blocks.slice(at)));
    if (long < longest && !blocks[at - 1]!.key.startsWith("heading ")) {
      longest = long;
      best = at;
    }
  }
  a.blocks.splice(0, a.blocks.length, ...blocks.slice(0, best));
  b.blocks.splice(0, b.blocks.length, ...blocks.slice(best));
}
