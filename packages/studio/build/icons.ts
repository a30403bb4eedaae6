/** The studio's sign, a whetstone seen from its edge, as SVG and as PNG of any size. */
import { deflateSync } from "node:zlib";

const BLUE = [32, 94, 166] as const;
const PAPER = [253, 252, 249] as const;
/** Corners of the stone, in a square of side 16. */
const STONE = [
  [1, 11],
  [13, 3],
  [15, 6],
  [4, 14],
] as const;

const hex = (colour: readonly number[]) => `#${colour.map((c) => c.toString(16).padStart(2, "0")).join("")}`;

/** Where the stone's corners are when it fills `share` of the square. */
const placed = (share: number) =>
  STONE.map(([x, y]) => [8 + (x - 8) * share, 8.25 + (y - 8.5) * share] as const);

/** White on blue to the edges, the stone well within the circle that a mask may leave. */
export function maskableSvg(): string {
  const points = placed(0.72)
    .map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`)
    .join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" fill="${hex(BLUE)}"/><polygon points="${points}" fill="${hex(PAPER)}"/></svg>\n`;
}

export function iconPng(size: number, share: number): Buffer {
  const corners = placed(share);
  const inside = (x: number, y: number): boolean =>
    corners.every(([ax, ay], i) => {
      const [bx, by] = corners[(i + 1) % corners.length]!;
      return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
    });
  const rows = Buffer.alloc(size * (1 + 3 * size));
  const FINE = 3;
  for (let row = 0; row < size; row++) {
    for (let col = 0; col < size; col++) {
      let hits = 0;
      for (let s = 0; s < FINE * FINE; s++) {
        const x = ((col + ((s % FINE) + 0.5) / FINE) / size) * 16;
        const y = ((row + (Math.floor(s / FINE) + 0.5) / FINE) / size) * 16;
        if (inside(x, y)) hits++;
      }
      const mix = hits / (FINE * FINE);
      for (let k = 0; k < 3; k++)
        rows[row * (1 + 3 * size) + 1 + 3 * col + k] = Math.round(BLUE[k]! + (PAPER[k]! - BLUE[k]!) * mix);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc(named), named.length + 4);
  return out;
}

/** CRC-32 as PNG has it (ISO 3309). */
function crc(bytes: Buffer): number {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
}
