import { useEffect, useRef } from "preact/hooks";

/** Ctrl+Enter, or ⌘+Enter: on to what is next, wherever the focus is. */
export function useGoOn(go: () => void): void {
  const handler = useRef(go);
  handler.current = go;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.repeat) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      handler.current();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
