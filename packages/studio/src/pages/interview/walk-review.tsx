import { RUBRIC, STEP_MINUTES, STEPS } from "@whetstone/sheet/interview";
import { clock, glued, NO_NUMBER, named, type OwnNumber, totalSeconds, weakest } from "./walk.ts";
import type { PartProps } from "./walk-answer.tsx";
import { calculatorHref, calculatorOf, reviewNumber, type StepNumber } from "./walk-number.ts";

/** Each step's answer beside its model points and its number, then the rubric. */
export function Review({ prompt, walk, onChange }: PartProps) {
  const low = weakest(walk);
  const points = STEPS.flatMap((s) => prompt.steps[s].points);
  return (
    <>
      <p>
        You said {walk.said.length} of {points.length} points in {clock(totalSeconds(walk))}
        {low ? `; your weakest signal is ${low.title.toLowerCase()}.` : "; grade the five signals below."}
      </p>
      <div class="walk-review">
        {STEPS.map((name, i) => {
          const { number, next } = prompt.steps[name];
          return (
            <section key={name} aria-label={named(name)}>
              <h2>
                {named(name)}{" "}
                <small>
                  {clock(walk.seconds[i]!)} of {STEP_MINUTES[name]} minutes
                </small>
              </h2>
              <p class="walk-own">{walk.notes[i] || "You wrote nothing here."}</p>
              {prompt.steps[name].points.map((point, k) => (
                <label key={point} class="walk-point">
                  <input
                    type="checkbox"
                    checked={walk.said.includes(`${name}.${k}`)}
                    onChange={(event) => {
                      const on = event.currentTarget.checked;
                      const id = `${name}.${k}`;
                      onChange((w) => ({
                        ...w,
                        said: on ? [...w.said, id] : w.said.filter((x) => x !== id),
                      }));
                    }}
                  />
                  <span>{glued(point)}</span>
                </label>
              ))}
              {number && <NumberCheck number={number} own={walk.numbers[name] ?? NO_NUMBER} />}
              <p class="walk-next">
                <b>Asked next:</b> {glued(next)}
              </p>
            </section>
          );
        })}
      </div>
      <h2>Grade yourself</h2>
      <div class="walk-rubric">
        {RUBRIC.map((signal) => (
          <fieldset key={signal.id}>
            <legend>{signal.title}</legend>
            <p class="calc-says">
              <span>1: {signal.weak}</span>
              <span>3: {signal.good}</span>
              <span>4: {signal.strong}</span>
            </p>
            {[1, 2, 3, 4].map((grade) => (
              <label key={grade}>
                <input
                  type="radio"
                  name={signal.id}
                  checked={walk.grades[signal.id] === grade}
                  onChange={() => onChange((w) => ({ ...w, grades: { ...w.grades, [signal.id]: grade } }))}
                />{" "}
                {grade}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </>
  );
}

/** The expected magnitude, what the learner said and calculated, and the way to it. */
function NumberCheck({ number, own }: { readonly number: StepNumber; readonly own: OwnNumber }) {
  const { expected, estimate, calculated } = reviewNumber(number, own);
  const calculator = calculatorOf(number);
  return (
    <div class="walk-check">
      <h3>{glued(number.ask)}</h3>
      <dl>
        <div>
          <dt>Expected</dt>
          <dd class="walk-expected">{expected}</dd>
        </div>
        <div>
          <dt>You estimated</dt>
          <dd>{estimate ?? "nothing"}</dd>
        </div>
        <div>
          <dt>You calculated</dt>
          <dd>{calculated ?? "nothing"}</dd>
        </div>
      </dl>
      <p>{glued(number.worked)}</p>
      <p class="calc-says">
        <a href={calculatorHref(number)}>{calculator.title}</a>: {calculator.says}
      </p>
    </div>
  );
}
