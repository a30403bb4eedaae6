/** What the page says of itself: at its foot whether it is ready offline, at its top that a new version is. */
import { kept, newer, threadsAfterReload } from "./state.ts";
import { renew } from "./watch.ts";

export function KeptNote() {
  return (
    <span class="kept">
      {kept.value}
      {threadsAfterReload.value && (
        <>
          {kept.value !== "" && " · "}
          <button type="button" class="link" onClick={() => location.reload()}>
            Reload for threads
          </button>
        </>
      )}
    </span>
  );
}

export function NewerNote() {
  return (
    <div class="newer" role="status">
      {newer.value !== "" && (
        <p>
          {newer.value}{" "}
          <button type="button" onClick={() => void renew()}>
            Reload
          </button>
        </p>
      )}
    </div>
  );
}
