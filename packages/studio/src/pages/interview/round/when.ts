/** A time as a day and an hour: `29 November 2026, 13:05`. */
export const dayAndTime = (time: number): string =>
  new Date(time).toLocaleString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
