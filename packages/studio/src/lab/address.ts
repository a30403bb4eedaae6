/** Controls and seed to and from the query of the address. */
import { type Control, type Controls, controlValues, OWN, type Slider } from "@whetstone/sheet";

export interface LabState {
  readonly controls: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
}

export const defaults = (controls: Controls): LabState => ({
  controls: Object.fromEntries(Object.entries(controls).map(([name, c]) => [name, c.default])),
  seed: 0,
});

/**
 * The state with other controls: values that they allow stay, as a run takes them. A reader's table stays where it is
 * prepared for the same task.
 */
export function fitting(controls: Controls, state: LabState, before: Controls = controls): LabState {
  const values = controlValues(controls, state.controls) as Record<string, number | string | boolean>;
  for (const [name, control] of Object.entries(controls)) {
    const old = before[name];
    if (control.kind !== "dataset" || state.controls[name] !== OWN || old?.kind !== "dataset") continue;
    if (control.task === old.task) values[name] = OWN;
  }
  return { controls: values, seed: state.seed };
}

/** Whether a linear slider could have been moved there; rounding of its numbers is forgiven. */
function onStep({ scale, min, max, step }: Slider, value: number): boolean {
  const steps = (value - min) / step;
  return scale === "log" || value === max || Math.abs(steps - Math.round(steps)) < 0.06;
}

function read(control: Control, text: string): number | string | boolean | null {
  if (control.kind === "slider") {
    const value = Number(text);
    const inside = text.trim() !== "" && value >= control.min && value <= control.max;
    return inside && (value === control.default || onStep(control, value)) ? value : null;
  }
  if (control.kind === "choice" || control.kind === "dataset")
    return (control.values as readonly string[]).includes(text) ? text : null;
  return text === "true" ? true : text === "false" ? false : null;
}

/** The state an address asks for; what it says wrongly falls back to the default and is named in `ignored`. */
export function fromQuery(
  controls: Controls,
  query: Readonly<Record<string, string>>,
): { state: LabState; ignored: string[] } {
  const state = defaults(controls);
  const values = { ...state.controls };
  let { seed } = state;
  const ignored: string[] = [];
  for (const [name, text] of Object.entries(query)) {
    if (name === "seed") {
      const value = Number(text);
      if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) seed = value;
      else ignored.push(name);
      continue;
    }
    const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
    const value = control ? read(control, text) : null;
    if (value === null) ignored.push(name);
    else values[name] = value;
  }
  return { state: { controls: values, seed }, ignored };
}

/** What differs from the defaults; own data stays on the reader's machine and is not named. */
export function toQuery(controls: Controls, state: LabState): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, control] of Object.entries(controls)) {
    if (control.kind === "dataset" && state.controls[name] === OWN) continue;
    if (state.controls[name] !== control.default) query[name] = String(state.controls[name]);
  }
  if (state.seed !== 0) query.seed = String(state.seed);
  return query;
}
