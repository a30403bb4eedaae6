import { CALCULATORS, type Calculator } from "@whetstone/sheet/interview";
import { useEffect, useState } from "preact/hooks";
import { parseRoute, route } from "../../router.ts";
import { type Inputs, inputsOf, queryOf, shown } from "./calculator-address.ts";
import { compute } from "./compute.ts";

/** Every calculator, its inputs in the address. */
export function CalculatorsPage() {
  const [inputs, setInputs] = useState<Inputs>(() => inputsOf(route.value.query));
  const { query } = route.value;
  useEffect(() => {
    document.title = "Calculators – Whetstone";
  }, []);
  // An address that was edited or gone back to is read again.
  useEffect(() => setInputs(inputsOf(query)), [query]);
  const change = (next: Inputs) => {
    setInputs(next);
    // Another page may have been opened meanwhile; its address is not to be written.
    if (parseRoute(location.hash).page !== "interview") return;
    const search = queryOf(next);
    history.replaceState(null, "", `#/interview/calculators${search === "" ? "" : `?${search}`}`);
  };
  return (
    <div class="interview">
      <h1>Numbers for a system design</h1>
      <p class="lead">
        Say the magnitude before you read it. The address keeps what you enter, so a calculation can be
        shared.
      </p>
      <nav class="calc-index" aria-label="Calculators">
        {CALCULATORS.map((c) => (
          <button
            key={c.id}
            type="button"
            class="quiet"
            onClick={() => {
              const panel = document.getElementById(`calc-${c.id}`);
              panel?.scrollIntoView();
              panel?.querySelector("input")?.focus({ preventScroll: true });
            }}
          >
            {c.title}
          </button>
        ))}
      </nav>
      <div class="calc-grid">
        {CALCULATORS.map((c) => (
          <CalculatorPanel
            key={c.id}
            calculator={c}
            given={inputs[c.id] ?? {}}
            onChange={(given) => change({ ...inputs, [c.id]: given })}
          />
        ))}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly calculator: Calculator;
  readonly given: Readonly<Record<string, string>>;
  onChange(given: Readonly<Record<string, string>>): void;
}

export function CalculatorPanel({ calculator, given, onChange }: PanelProps) {
  const { id, title, says, fields } = calculator;
  const answer = compute(calculator, given);
  const moved = Object.keys(given).length > 0;
  return (
    <section class="calc" id={`calc-${id}`} aria-labelledby={`calc-${id}-title`}>
      <header>
        <h2 id={`calc-${id}-title`}>{title}</h2>
        <button
          type="button"
          class="quiet"
          disabled={!moved}
          onClick={() => onChange({})}
          aria-label={`Reset: ${title}`}
        >
          Reset
        </button>
      </header>
      <p class="calc-says">{says}</p>
      <div class="calc-fields">
        {fields.map(({ name, label, unit, value }) => (
          <label key={name}>
            <span>{label}</span>
            <input
              type="number"
              step="any"
              inputMode="decimal"
              value={given[name] ?? String(value)}
              onInput={(event) => onChange({ ...given, [name]: event.currentTarget.value })}
            />
            <span class="calc-unit">{unit}</span>
          </label>
        ))}
      </div>
      {typeof answer === "string" ? (
        <p class="notice" role="status">
          {answer}
        </p>
      ) : (
        <dl class="calc-results" aria-live="polite">
          {answer.map(({ label, value, unit }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                {shown(value)} <small>{unit}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
