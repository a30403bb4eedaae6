/** What the layers of a drawing stand for. */
export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly kind: "line" | "dashed" | "area" | "dot";
}
/** Colours of a field and the values they stand for. */
export interface Ramp {
  readonly domain: number[];
  readonly range: string[];
}
export interface Legend {
  readonly series: readonly LegendEntry[];
  readonly ramp: Ramp | null;
}
