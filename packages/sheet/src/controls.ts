/** What a reader can move in a lab. Every control has a default, so that a card runs without a reader. */
export interface Slider {
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
export interface Choice<S extends string = string> {
  readonly kind: "choice";
  readonly label: string;
  readonly values: readonly S[];
  readonly default: S;
}
export interface Toggle {
  readonly kind: "toggle";
  readonly label: string;
  readonly default: boolean;
}
export type Control = Slider | Choice | Toggle;
export type Controls = { readonly [name: string]: Control };
export type ControlValue<C extends Control> = C extends Slider
  ? number
  : C extends Choice<infer S>
    ? S
    : C extends Toggle
      ? boolean
      : never;
export type ControlValues<C extends Controls> = { readonly [K in keyof C]: ControlValue<C[K]> };

interface SliderOptions {
  readonly label?: string;
  readonly step?: number;
  readonly scale?: "linear" | "log";
  /** Marks steps of an iteration, rounds or epochs; the studio then offers play, step and back to the start. */
  readonly play?: boolean;
}

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
  };
}

/** One of a few named options. */
export function choice<const S extends string>(
  values: readonly S[],
  byDefault: NoInfer<S>,
  options: { readonly label?: string } = {},
): Choice<S> {
  return { kind: "choice", label: options.label ?? "", values, default: byDefault };
}

export function toggle(byDefault: boolean, options: { readonly label?: string } = {}): Toggle {
  return { kind: "toggle", label: options.label ?? "", default: byDefault };
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
  return typeof value === "boolean";
}
