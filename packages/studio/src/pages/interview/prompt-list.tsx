import { CALCULATORS, PROMPT_GROUPS, PROMPTS, STEPS } from "@whetstone/sheet/interview";
import { useState } from "preact/hooks";
import { glued, isBegun, readWalk } from "./walk.ts";
import "./walk.css";

/** Where a prompt was left, in a few words. */
function progress(id: string): string | null {
  const walk = readWalk(id);
  if (walk === null || !isBegun(walk)) return null;
  if (walk.step < STEPS.length) return `Left at ${STEPS[walk.step]}`;
  return `${walk.said.length} ${walk.said.length === 1 ? "point" : "points"} said`;
}

/** The prompts in their groups, each with where it was left, and the calculators. */
export function PromptList() {
  const [left] = useState(() => new Map(PROMPTS.map((p) => [p.id, progress(p.id)])));
  return (
    <section class="walk-list" aria-labelledby="walk-list">
      <h2 id="walk-list">System design</h2>
      {PROMPT_GROUPS.map((group) => (
        <section key={group.id} class="walk-group" aria-labelledby={`group-${group.id}`}>
          <h3 id={`group-${group.id}`}>{group.title}</h3>
          <ul class="walk-prompts">
            {PROMPTS.filter((p) => p.group === group.id).map((p) => (
              <li key={p.id}>
                <a href={`#/interview/${p.id}`}>{p.title}</a>
                <p>{glued(p.ask)}</p>
                {left.get(p.id) && <p class="walk-left">{left.get(p.id)}</p>}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p class="walk-calculators">
        <a href="#/interview/calculators">{CALCULATORS.length} calculators</a> by themselves: sample size,
        flags, orders, latency, machines, cost and memory.
      </p>
    </section>
  );
}
