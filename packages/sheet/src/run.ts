/** What running a card takes, without the pictures that cards draw with the library. */
export { runCard } from "./card.ts";
export { OWN } from "./controls.ts";
