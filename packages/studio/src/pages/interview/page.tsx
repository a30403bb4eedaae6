import { PROMPTS } from "@whetstone/sheet/interview";
import type { PageProps } from "../lazy.tsx";
import { CalculatorsPage } from "./calculators.tsx";
import { DesignPage } from "./design.tsx";
import { findPrompt } from "./walk.ts";
import "./interview.css";

export default function InterviewPage({ id }: PageProps) {
  const prompt = findPrompt(id);
  if (prompt) return <DesignPage key={id} prompt={prompt} />;
  if (id === "calculators") return <CalculatorsPage />;
  if (id !== "")
    return (
      <p class="notice">
        There is no interview page at this address. <a href="#/interview">The prompts</a> are here.
      </p>
    );
  return (
    <div class="interview">
      <h1>Interview</h1>
      <p class="lead">
        Walk a system design in six steps against the clock, then compare with the model points and grade
        yourself. What you write stays on this machine.
      </p>
      <ul class="walk-prompts">
        {PROMPTS.map((p) => (
          <li key={p.id}>
            <a href={`#/interview/${p.id}`}>{p.title}</a>
            <p>{p.ask}</p>
          </li>
        ))}
        <li>
          <a href="#/interview/calculators">Calculators</a>
          <p>Sample size, memory, latency, replicas, cost and storage, each by itself.</p>
        </li>
      </ul>
    </div>
  );
}
