import { trouble } from "../store/history.ts";

/** What is wrong with the stored history, in one sentence, where something is. */
export function TroubleNote() {
  if (!trouble.value) return null;
  return (
    <p class="notice" role="status">
      {trouble.value}
    </p>
  );
}
