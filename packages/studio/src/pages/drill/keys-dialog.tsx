import type { RefObject } from "preact";

const KEYS = [
  ["Space or Enter", "show the answer; then Good"],
  ["1", "Again"],
  ["2", "Hard"],
  ["3", "Good"],
  ["4", "Easy"],
  ["u", "take the last answer back"],
  ["a, b, c", "name the wrong claim"],
  ["?", "these keys"],
] as const;

export function KeysDialog({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
