/** Of the search for nearest rows. */
export { nearestRows } from "./nearest";
