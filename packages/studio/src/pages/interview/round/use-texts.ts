import { useEffect, useState } from "preact/hooks";
import type { Round } from "../../../store/round.ts";
import { loadTexts, type Texts } from "./texts.ts";

/** The texts of a round's questions; null until they are there. */
export function useTexts(round: Round | null): Texts | null {
  const [texts, setTexts] = useState<Texts | null>(null);
  const id = round?.id;
  useEffect(() => {
    let current = true;
    setTexts(null);
    if (round) void loadTexts(round).then((loaded) => current && setTexts(loaded));
    return () => {
      current = false;
    };
  }, [id]);
  return texts;
}
