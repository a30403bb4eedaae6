/** The way into the palette: a button in the header, `/`, and Ctrl+K or Cmd+K. Its code comes with the first use. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

type Palette = ComponentType<{ readonly onClose: () => void }>;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function Find() {
  const [open, setOpen] = useState(false);
  const [palette, setPalette] = useState<{ readonly Palette: Palette } | null>(null);
  const [lost, setLost] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
      const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
      if (!command && !(slash && !isTyping(event.target))) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  useEffect(() => {
    if (!open || palette) return;
    setLost(false);
    import("./palette.tsx").then(
      (module) => setPalette({ Palette: module.default }),
      () => {
        setLost(true);
        setOpen(false);
      },
    );
  }, [open, palette]);

  return (
    <>
      <button
        type="button"
        class="quiet find-button"
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K"
        onClick={() => setOpen(true)}
      >
        Search{" "}
        <span class="key" aria-hidden="true">
          /
        </span>
      </button>
      {lost && (
        <span class="find-lost" role="alert">
          Search could not be loaded; is the connection gone?
        </span>
      )}
      {open && palette && <palette.Palette onClose={() => setOpen(false)} />}
    </>
  );
}
