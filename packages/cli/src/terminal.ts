/** What goes to the terminal: results on stdout, everything about the way there on stderr. */

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/** A progress line on stderr: redrawn in place on a terminal, a line per tenth elsewhere. */
export function progressBar(label: string): {
  update(done: number, total: number, note?: string): void;
  end(): void;
} {
  const live = process.stderr.isTTY === true;
  let tenth = -1;
  return {
    update(done, total, note = "") {
      const share = total === 0 ? 1 : done / total;
      if (live) {
        const filled = Math.round(share * 24);
        const line = `${label} ${"█".repeat(filled)}${"░".repeat(24 - filled)} ${done}/${total} ${note}`;
        process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
      } else if (Math.floor(share * 10) > tenth) {
        tenth = Math.floor(share * 10);
        tell(`${label} ${done}/${total}`);
      }
    },
    end() {
      if (live) process.stderr.write("\r\x1b[2K");
    },
  };
}

/** A text table: first column to the left, the others to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, j) => Math.max(...all.map((row) => (row[j] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!)))
      .join("  ")
      .trimEnd();
  return [line(header), widths.map((w) => "─".repeat(w)).join("  "), ...rows.map(line)].join("\n");
}

/** Seconds for people: `430 ms`, `12.3 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 0.01) return `${(ms * 1000).toPrecision(2)} µs`;
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Bytes for people. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
