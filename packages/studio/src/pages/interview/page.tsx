import type { PageProps } from "../lazy.tsx";
import { CalculatorsPage } from "./calculators.tsx";
import "./interview.css";

export default function InterviewPage({ id }: PageProps) {
  if (id === "" || id === "calculators") return <CalculatorsPage />;
  return (
    <p class="notice">
      There is no interview page at this address. <a href="#/interview/calculators">The calculators</a> are
      here.
    </p>
  );
}
