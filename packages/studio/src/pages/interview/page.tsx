import type { PageProps } from "../lazy.tsx";
import { CalculatorsPage } from "./calculators.tsx";
import { DesignPage } from "./design.tsx";
import { PromptList } from "./prompt-list.tsx";
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
      <PromptList />
    </div>
  );
}
