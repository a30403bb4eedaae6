import { type Prompt, STEPS } from "@whetstone/sheet/interview";
import { CalculatorPanel } from "./calculators.tsx";
import { glued, NO_NUMBER, named, type OwnNumber, type Walk } from "./walk.ts";
import { calculatorOf, expectedOf, typedInputs } from "./walk-number.ts";

export interface PartProps {
  readonly prompt: Prompt;
  readonly walk: Walk;
  onChange(of: (walk: Walk) => Walk): void;
}

/** One step: a text box, and beside it the number to work out. */
export function Answer({ prompt, walk, onChange }: PartProps) {
  const { step } = walk;
  const name = STEPS[step]!;
  const { number } = prompt.steps[name];
  return (
    <div class={number ? "walk-answer with-number" : "walk-answer"}>
      <label class="walk-note">
        <span>{named(name)}: what do you say?</span>
        <textarea
          rows={12}
          value={walk.notes[step]}
          onInput={(event) => {
            const text = event.currentTarget.value;
            onChange((w) => ({ ...w, notes: w.notes.map((note, i) => (i === step ? text : note)) }));
          }}
        />
      </label>
      {number && <OwnNumberPart prompt={prompt} walk={walk} onChange={onChange} />}
    </div>
  );
}

function OwnNumberPart({ prompt, walk, onChange }: PartProps) {
  const name = STEPS[walk.step]!;
  const number = prompt.steps[name].number!;
  const calculator = calculatorOf(number);
  const own = walk.numbers[name] ?? NO_NUMBER;
  const change = (next: Partial<OwnNumber>) =>
    onChange((w) => ({
      ...w,
      numbers: { ...w.numbers, [name]: { ...(w.numbers[name] ?? NO_NUMBER), ...next } },
    }));
  return (
    <section class="walk-number" aria-labelledby="walk-number">
      <h2 id="walk-number">A number to work out</h2>
      <p>{glued(number.ask)}</p>
      <p class="walk-estimate">
        <label>
          <span>Your estimate, before you calculate</span>
          <input
            type="number"
            step="any"
            inputMode="decimal"
            value={own.estimate}
            onInput={(event) => change({ estimate: event.currentTarget.value })}
          />
        </label>
        <span class="calc-unit">{expectedOf(number).unit}</span>
        <button type="button" class="quiet" onClick={() => change({ given: typedInputs(number) })}>
          Fill in the inputs
        </button>
      </p>
      <CalculatorPanel calculator={calculator} given={own.given} onChange={(given) => change({ given })} />
    </section>
  );
}
