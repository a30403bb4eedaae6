import type { Matrix } from "whetstone/math";

/** What controls have in common that a reader moves. */
interface Movable {
  /** It shapes only the data that the card simulates: on a table it does nothing, and labs do not show it. */
  readonly simulated?: true;
}

/** What a reader can move in a lab. Every control has a default, so that a card runs without a reader. */
export interface Slider extends Movable {
  readonly kind: "slider";
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: number;
  /** On a log slider the step counts in powers of ten. */
  readonly scale: "linear" | "log";
  /** Its values are the steps of something: the studio plays them one after another. */
  readonly play?: boolean;
}
export interface Choice<S extends string = string> extends Movable {
  readonly kind: "choice";
  readonly label: string;
  readonly values: readonly S[];
  readonly default: S;
}
export interface Toggle extends Movable {
  readonly kind: "toggle";
  readonly label: string;
  readonly default: boolean;
}
/** Datasets that a lab can offer by name. */
export type BuiltIn = "iris" | "wine" | "breast cancer" | "diabetes";

/** Stands for data that the card makes itself; its run is then handed null. */
export const SIMULATED = "simulated";

/** The name of a reader's own table among the values of a dataset control. */
export const OWN = "own";

/** Data from a table. Rows are complete: those with missing values were left out before. */
export interface LabData {
  readonly name: string;
  /** Numbers, one row per sample. */
  readonly X: Matrix;
  /** Labels or numbers to predict; null where the task needs none or the reader chose none. */
  readonly y: readonly (string | number)[] | null;
  readonly columns: readonly string[];
  readonly target: string | null;
  /** Whether a reader brought it: then a card checks only what is true of any data. */
  readonly own: boolean;
}

/** Where the data of a run come from: simulated by the card, a bundled table, or the reader's own. */
export interface DatasetControl {
  readonly kind: "dataset";
  readonly label: string;
  readonly values: readonly (BuiltIn | typeof SIMULATED)[];
  readonly default: BuiltIn | typeof SIMULATED;
  /** What the target is: labels, numbers, labels that only colour a picture where there are some, or nothing at all. */
  readonly task: "classes" | "numbers" | "groups" | "none";
  /** What the card's own data are called where it does not simulate them. */
  readonly simulatedAs?: string;
  /** The card draws at random on a table too, so that the seed counts there. */
  readonly seeded?: true;
}
export type Control = Slider | Choice | Toggle | DatasetControl;
export type Controls = { readonly [name: string]: Control };
export type ControlValue<C extends Control> = C extends Slider
  ? number
  : C extends Choice<infer S>
    ? S
    : C extends Toggle
      ? boolean
      : C extends DatasetControl
        ? LabData | null
        : never;
export type ControlValues<C extends Controls> = { readonly [K in keyof C]: ControlValue<C[K]> };

interface MovableOptions extends Movable {
  readonly label?: string;
}
interface SliderOptions extends MovableOptions {
  readonly step?: number;
  readonly scale?: "linear" | "log";
  /** Marks steps of an iteration, rounds or epochs; the studio then offers play, step and back to the start. */
  readonly play?: boolean;
}

const marked = ({ simulated }: Movable): Movable => (simulated ? { simulated } : {});

/** A number between `min` and `max`. On a log scale `min`, `max` and the default are the numbers themselves. */
export function slider(min: number, max: number, byDefault: number, options: SliderOptions = {}): Slider {
  const scale = options.scale ?? "linear";
  const whole = Number.isInteger(min) && Number.isInteger(max) && max - min >= 3;
  const step = options.step ?? (scale === "log" ? 0.1 : whole ? 1 : (max - min) / 100);
  return {
    kind: "slider",
    label: options.label ?? "",
    min,
    max,
    step,
    default: byDefault,
    scale,
    ...(options.play && { play: true }),
    ...marked(options),
  };
}

/** One of a few named options. */
export function choice<const S extends string>(
  values: readonly S[],
  byDefault: NoInfer<S>,
  options: MovableOptions = {},
): Choice<S> {
  return { kind: "choice", label: options.label ?? "", values, default: byDefault, ...marked(options) };
}

export function toggle(byDefault: boolean, options: MovableOptions = {}): Toggle {
  return { kind: "toggle", label: options.label ?? "", default: byDefault, ...marked(options) };
}

/** Data to choose; the first of `values` is the default, and readers may bring a table of their own. */
export function dataset(
  values: DatasetControl["values"],
  task: DatasetControl["task"],
  options: { readonly label?: string } & Pick<DatasetControl, "seeded" | "simulatedAs"> = {},
): DatasetControl {
  const { label, ...rest } = options;
  return {
    kind: "dataset",
    label: label ?? "data",
    values,
    default: values[0] ?? SIMULATED,
    task,
    ...rest,
  };
}

/** What does nothing at these values because a table takes the place of the simulated data. */
export function idleOnTable(
  controls: Controls,
  values: Readonly<Record<string, unknown>>,
): { readonly controls: readonly string[]; readonly seed: boolean } {
  const tables = Object.entries(controls).flatMap(([name, control]) =>
    control.kind === "dataset" && values[name] !== SIMULATED ? [control] : [],
  );
  if (tables.length === 0) return { controls: [], seed: false };
  const idle = Object.keys(controls).filter((name) => {
    const control = controls[name]!;
    return control.kind !== "dataset" && control.simulated === true;
  });
  return { controls: idle, seed: tables.every((control) => !control.seeded) };
}

/** The default of every control, with `given` values put in where they are allowed; others are ignored. */
export function controlValues(
  controls: Controls,
  given: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, control] of Object.entries(controls)) {
    values[name] = allows(control, given[name]) ? given[name] : control.default;
  }
  return values;
}

function allows(control: Control, value: unknown): boolean {
  if (control.kind === "slider")
    return typeof value === "number" && value >= control.min && value <= control.max;
  if (control.kind === "choice") return typeof value === "string" && control.values.includes(value);
  if (control.kind === "dataset")
    return (control.values as readonly unknown[]).includes(value) || isLabData(value);
  return typeof value === "boolean";
}

const isLabData = (value: unknown): value is LabData =>
  typeof value === "object" && value !== null && "X" in value && "columns" in value;

/** As {@link controlValues}, with the named data loaded: what a card's run is handed. */
export async function runValues(
  controls: Controls,
  given: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const values = controlValues(controls, given);
  for (const [name, control] of Object.entries(controls)) {
    if (control.kind !== "dataset" || isLabData(values[name])) continue;
    if (values[name] === SIMULATED) values[name] = null;
    else values[name] = (await import("./datasets.ts")).builtInData(values[name] as BuiltIn);
  }
  return values;
}
