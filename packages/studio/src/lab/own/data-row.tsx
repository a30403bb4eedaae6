import { type DatasetControl, OWN, SIMULATED } from "@whetstone/sheet";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type OwnTable, ownTable, prepareInWorker, tableFrom } from "./own-table.ts";
import type { PlainData, Prepared } from "./prepare.ts";

interface Props {
  readonly name: string;
  readonly control: DatasetControl;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The reader's own data, ready for the card. */
  readonly onOwn: (data: PlainData) => void;
}

const EVERY = null;

/** Which data a lab runs on: by name, or the reader's own by paste, drop or file. */
export function DataRow({ name, control, value, onChange, onOwn }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [said, say] = useState("");
  const [ready, setReady] = useState<Prepared | null>(null);

  async function take(table: OwnTable, target: string | null, columns: readonly string[] | null) {
    try {
      const prepared = await prepareInWorker(table, { task: control.task, target, columns });
      ownTable.value = table;
      setReady(prepared);
      say("");
      onOwn(prepared.data);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      say(`“${table.name}” is not used. ${why} The data from before stay.`);
    }
  }
  async function fromFile(file: File | undefined) {
    if (!file) return;
    try {
      await take(await tableFrom(file, file.name), null, EVERY);
    } catch {
      say(`“${file.name}” could not be opened.`);
    }
  }
  // Dropping is a shortcut for a mouse; the file input beside it does the same for everybody.
  const drop = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const area = drop.current;
    const over = (event: DragEvent) => event.preventDefault();
    const dropped = (event: DragEvent) => {
      event.preventDefault();
      void fromFile(event.dataTransfer?.files[0]);
    };
    area?.addEventListener("dragover", over);
    area?.addEventListener("drop", dropped);
    return () => {
      area?.removeEventListener("dragover", over);
      area?.removeEventListener("drop", dropped);
    };
  });
  async function choose(wanted: string) {
    if (wanted !== OWN) onChange(wanted);
    else if (ownTable.value) await take(ownTable.value, ready?.data.target ?? null, EVERY);
    else setOpen(true);
  }
  const used = ready?.data.columns ?? [];
  const isUsed = (column: string) => used.some((c) => c === column || c.startsWith(`${column} = `));

  return (
    <div class="control data">
      <label for={id}>{name}</label>
      <select id={id} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {control.values.map((option) => (
          <option key={option} value={option}>
            {option === SIMULATED ? (control.simulatedAs ?? option) : option}
          </option>
        ))}
        {(ownTable.value || value === OWN) && <option value={OWN}>your own</option>}
      </select>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Your own table</summary>
        <div class="drop" ref={drop}>
          <p>
            Drop a CSV here, choose a file or paste rows. It is read in this page and never leaves your
            machine; own data is not part of the link and is forgotten when the page closes.
          </p>
          <input
            type="file"
            aria-label="CSV file"
            onChange={(event) => fromFile(event.currentTarget.files?.[0])}
          />
          <textarea
            aria-label="Rows to paste"
            rows={3}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button
            type="button"
            class="quiet"
            onClick={async () => take(await tableFrom(new Blob([text]), "pasted rows"), null, EVERY)}
          >
            Use these rows
          </button>
          {ready && ownTable.value && (
            <>
              {control.task !== "none" && (
                <label>
                  {control.task === "groups" ? "colours" : "target"}{" "}
                  <select
                    value={ready.data.target ?? ""}
                    onChange={(event) => take(ownTable.value!, event.currentTarget.value, EVERY)}
                  >
                    {control.task === "groups" && <option value="">none</option>}
                    {ready.targets.map((target) => (
                      <option key={target}>{target}</option>
                    ))}
                  </select>
                </label>
              )}
              <fieldset class="columns">
                <legend>columns</legend>
                {ready.names
                  .filter((column) => column !== ready.data.target)
                  .slice(0, 40)
                  .map((column) => (
                    <label key={column}>
                      <input
                        type="checkbox"
                        checked={isUsed(column)}
                        onChange={(event) => {
                          const others = ready.names.filter((c) => c !== column && isUsed(c));
                          const wanted = event.currentTarget.checked ? [...others, column] : others;
                          void take(ownTable.value!, ready.data.target, wanted);
                        }}
                      />{" "}
                      {column}
                    </label>
                  ))}
              </fieldset>
              <p role="status">
                {ready.data.rows} rows of {ready.data.cols} columns from “{ready.data.name}”.{" "}
                {ready.notes.join(" ")}
              </p>
            </>
          )}
          {said !== "" && (
            <p class="notice" role="alert">
              {said}
            </p>
          )}
        </div>
      </details>
    </div>
  );
}
