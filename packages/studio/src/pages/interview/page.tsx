import type { PageProps } from "../lazy.tsx";
import { CalculatorsPage } from "./calculators.tsx";
import { DesignPage } from "./design.tsx";
import { PromptList } from "./prompt-list.tsx";
import { HistoryPage } from "./round/history.tsx";
import { RoundPage } from "./round/page.tsx";
import { PastPage } from "./round/past.tsx";
import { RoundEntry } from "./round/round-entry.tsx";
import { findPrompt } from "./walk.ts";
import "./interview.css";

export default function InterviewPage({ chapters, id }: PageProps) {
  const prompt = findPrompt(id);
  if (prompt) return <DesignPage key={id} prompt={prompt} />;
  if (id === "calculators") return <CalculatorsPage />;
  if (id === "round") return <RoundPage title={(of) => chapters.find((c) => c.id === of)?.title ?? of} />;
  if (id === "history") return <HistoryPage />;
  if (id.startsWith("history/")) return <PastPage key={id} id={id.slice("history/".length)} />;
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
        Answer questions and their follow-ups, or walk a system design in six steps; then compare with the
        model and grade yourself. What you write and say stays on this machine.
      </p>
      <RoundEntry />
      <PromptList />
    </div>
  );
}
