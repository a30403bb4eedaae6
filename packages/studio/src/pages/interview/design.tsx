import { CALCULATORS, type Prompt, RUBRIC, STEPS } from "@whetstone/sheet/interview";
import { useEffect, useState } from "preact/hooks";
import { CalculatorPanel } from "./calculators.tsx";
import { clock, keepWalk, NEW_WALK, readWalk, type Walk, weakest } from "./walk.ts";

const named = (step: string) => `${step[0]!.toUpperCase()}${step.slice(1)}`;

interface PartProps {
  readonly prompt: Prompt;
  readonly walk: Walk;
  onChange(of: (walk: Walk) => Walk): void;
}

/** Six steps with a text box each, then the model points and the rubric. */
export function DesignPage({ prompt }: { readonly prompt: Prompt }) {
  const [walk, setWalk] = useState<Walk>(() => readWalk(prompt.id) ?? NEW_WALK);
  const [paused, setPaused] = useState(false);
  const [kept, setKept] = useState(true);
  const { step } = walk;
  const review = step === STEPS.length;
  useEffect(() => {
    document.title = `${prompt.title} – Whetstone`;
  }, [prompt]);
  useEffect(() => setKept(keepWalk(prompt.id, walk)), [prompt, walk]);
  useEffect(() => {
    if (paused || review) return;
    const timer = setInterval(() => {
      if (document.hidden) return;
      setWalk((w) => ({ ...w, seconds: w.seconds.map((s, i) => (i === w.step ? s + 1 : s)) }));
    }, 1000);
    return () => clearInterval(timer);
  }, [paused, review]);

  const total = walk.seconds.reduce((a, b) => a + b);
  return (
    <div class="interview">
      <p class="walk-up">
        <a href="#/interview">Interview</a>
      </p>
      <h1>{prompt.title}</h1>
      <p class="lead">{prompt.ask}</p>
      {!kept && (
        <p class="notice" role="status">
          This browser keeps nothing for this page, so a reload loses what you write.
        </p>
      )}
      <nav class="walk-steps" aria-label="Steps">
        {[...STEPS, "review"].map((name, i) => (
          <button
            key={name}
            type="button"
            class="quiet"
            aria-current={i === step ? "step" : undefined}
            onClick={() => setWalk((w) => ({ ...w, step: i }))}
          >
            {named(name)} <small>{clock(walk.seconds[i] ?? total)}</small>
          </button>
        ))}
      </nav>
      {review ? (
        <Review prompt={prompt} walk={walk} onChange={setWalk} />
      ) : (
        <Answer key={step} prompt={prompt} walk={walk} onChange={setWalk} />
      )}
      <p class="walk-actions">
        {!review && (
          <>
            <button type="button" onClick={() => setWalk((w) => ({ ...w, step: w.step + 1 }))}>
              {step === STEPS.length - 1 ? "Compare with the model points" : `On to ${STEPS[step + 1]}`}
            </button>
            <button type="button" class="quiet" onClick={() => setPaused(!paused)}>
              {paused ? "Go on" : "Pause the clock"}
            </button>
          </>
        )}
        {review && (
          <button type="button" class="quiet" onClick={() => setWalk(NEW_WALK)}>
            Delete these answers and start again
          </button>
        )}
      </p>
    </div>
  );
}

function Answer({ prompt, walk, onChange }: PartProps) {
  const { step } = walk;
  const { number } = prompt.steps[STEPS[step]!];
  const calculator = CALCULATORS.find((c) => c.id === number?.calculator);
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  return (
    <div class={calculator ? "walk-answer with-number" : "walk-answer"}>
      <label class="walk-note">
        <span>{named(STEPS[step]!)}: what do you say?</span>
        <textarea
          rows={12}
          value={walk.notes[step]}
          onInput={(event) => {
            const text = event.currentTarget.value;
            onChange((w) => ({ ...w, notes: w.notes.map((note, i) => (i === step ? text : note)) }));
          }}
        />
      </label>
      {calculator && (
        <div class="walk-number">
          <p>{number!.ask} Estimate it before you calculate.</p>
          <button
            type="button"
            class="quiet"
            onClick={() =>
              setGiven(Object.fromEntries(Object.entries(number!.inputs).map(([k, v]) => [k, String(v)])))
            }
          >
            Fill in these inputs
          </button>
          <CalculatorPanel calculator={calculator} given={given} onChange={setGiven} />
        </div>
      )}
    </div>
  );
}

function Review({ prompt, walk, onChange }: PartProps) {
  const low = weakest(walk);
  const points = STEPS.flatMap((s) => prompt.steps[s].points);
  return (
    <>
      <p>
        You said {walk.said.length} of {points.length} points
        {low ? `; your weakest signal is ${low.title.toLowerCase()}.` : "; grade the five signals below."}
      </p>
      <div class="walk-review">
        {STEPS.map((name, i) => (
          <section key={name} aria-label={named(name)}>
            <h2>{named(name)}</h2>
            <p class="walk-own">{walk.notes[i] || "You wrote nothing here."}</p>
            {prompt.steps[name].points.map((point, k) => (
              <label key={point} class="walk-point">
                <input
                  type="checkbox"
                  checked={walk.said.includes(`${name}.${k}`)}
                  onChange={(event) => {
                    const on = event.currentTarget.checked;
                    const id = `${name}.${k}`;
                    onChange((w) => ({ ...w, said: on ? [...w.said, id] : w.said.filter((x) => x !== id) }));
                  }}
                />
                <span>{point}</span>
              </label>
            ))}
            <p class="calc-says">Next: {prompt.steps[name].next}</p>
          </section>
        ))}
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
