import {
  brief,
  type Control,
  type Controls,
  type DatasetControl,
  idleOnTable,
  type Slider,
} from "@whetstone/sheet";
import { useId } from "preact/hooks";
import type { LabState } from "./address.ts";
import { DataRow } from "./own/data-row.tsx";
import type { PlainData } from "./own/prepare.ts";
import { PlayButtons } from "./play-buttons.tsx";
import type { Player } from "./player.ts";

interface Props {
  readonly controls: Controls;
  readonly state: LabState;
  readonly onChange: (state: LabState) => void;
  readonly onReset: () => void;
  readonly onOwn: (name: string, data: PlainData) => void;
  readonly player: Player;
  /** Controls that the lab beside this one has at other values. */
  readonly differing: ReadonlySet<string>;
}

export function ControlPanel({ controls, state, onChange, onReset, onOwn, player, differing }: Props) {
  const set = (name: string, value: number | string | boolean) =>
    onChange({ ...state, controls: { ...state.controls, [name]: value } });
  const idle = idleOnTable(controls, state.controls);
  const shown = Object.entries(controls).filter(([name]) => !idle.controls.includes(name));
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()}>
      {shown.map(([name, control]) => (
        <div key={name} class={differing.has(name) ? "held-control differs" : "held-control"}>
          {control.kind === "dataset" ? (
            <DataRow
              name={control.label || name}
              control={control}
              value={String(state.controls[name])}
              onChange={(value) => set(name, value)}
              onOwn={(data) => onOwn(name, data)}
            />
          ) : (
            <ControlRow
              name={control.label || name}
              control={control}
              value={state.controls[name]!}
              onChange={(value) => set(name, value)}
            />
          )}
          {control.kind === "slider" && control.play && (
            <PlayButtons
              name={name}
              label={control.label || name}
              slider={control}
              value={Number(state.controls[name])}
              player={player}
            />
          )}
          {differing.has(name) && <small class="differs-mark">differs</small>}
        </div>
      ))}
      {idle.controls.length + Number(idle.seed) > 0 && (
        <p class="idle">
          {idleSentence(
            idle.controls.map((name) => controls[name]!.label || name),
            idle.seed,
          )}
        </p>
      )}
      <SeedRow
        seed={idle.seed ? null : state.seed}
        onChange={(seed) => onChange({ ...state, seed })}
        onReset={onReset}
      />
    </form>
  );
}

/** Why controls that a reader saw before are gone. */
function idleSentence(names: readonly string[], seed: boolean): string {
  const all = [...names.map((name) => `“${name}”`), ...(seed ? ["the seed"] : [])];
  const listed = all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all[0]!;
  return `Not shown on a table, where ${all.length > 1 ? "they change" : "it changes"} nothing: ${listed}.`;
}

/** More options than this are a list instead of buttons side by side. */
const MOST_SEGMENTS = 5;

interface RowProps {
  readonly name: string;
  readonly control: Exclude<Control, DatasetControl>;
  readonly value: number | string | boolean;
  readonly onChange: (value: number | string | boolean) => void;
}

function ControlRow({ name, control, value, onChange }: RowProps) {
  const id = useId();
  if (control.kind === "toggle") {
    return (
      <label class="control toggle">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{name}</span>
      </label>
    );
  }
  if (control.kind === "choice" && control.values.length > MOST_SEGMENTS) {
    return (
      <div class="control">
        <label for={id}>{name}</label>
        <select id={id} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
          {control.values.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      </div>
    );
  }
  if (control.kind === "choice") {
    return (
      <fieldset class="control choice">
        <legend>{name}</legend>
        <div>
          {control.values.map((option) => (
            <label key={option}>
              <input
                type="radio"
                name={id}
                value={option}
                checked={value === option}
                onChange={() => onChange(option)}
              />
              <span>{option}</span>
            </label>
          ))}
        </div>
      </fieldset>
    );
  }
  const scale = scaleOf(control);
  return (
    <div class="control slider">
      <label for={id}>{name}</label>
      <output for={id}>{brief(Number(value))}</output>
      <input
        id={id}
        type="range"
        min={scale.to(control.min)}
        max={scale.to(control.max)}
        step={control.step}
        value={scale.to(Number(value))}
        aria-valuetext={brief(Number(value))}
        onInput={(event) => onChange(scale.from(event.currentTarget.valueAsNumber))}
      />
    </div>
  );
}

/** A log slider moves in powers of ten and gives numbers of three digits. */
function scaleOf({ scale, min, max, step }: Slider) {
  const clamp = (value: number) => Math.min(max, Math.max(min, value));
  if (scale === "linear") {
    const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
    return { to: (v: number) => v, from: (v: number) => clamp(Number(v.toFixed(digits))) };
  }
  return { to: Math.log10, from: (v: number) => clamp(Number((10 ** v).toPrecision(3))) };
}

interface SeedProps {
  /** Null where it changes nothing. */
  readonly seed: number | null;
  readonly onChange: (seed: number) => void;
  readonly onReset: () => void;
}

function SeedRow({ seed, onChange, onReset }: SeedProps) {
  const id = useId();
  return (
    <div class="control seed">
      {seed !== null && (
        <>
          <label for={id}>seed</label>
          <input
            id={id}
            type="number"
            min={0}
            max={999999}
            value={seed}
            onChange={(event) => {
              const value = event.currentTarget.valueAsNumber;
              if (Number.isSafeInteger(value) && value >= 0) onChange(value);
            }}
          />
          <button type="button" class="quiet" onClick={() => onChange(seed + 1)}>
            Next seed
          </button>
        </>
      )}
      <button type="button" class="quiet" onClick={onReset}>
        Reset
      </button>
    </div>
  );
}
