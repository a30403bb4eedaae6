interface Props {
  readonly answered: number;
  readonly total: number;
  /** Items behind the clock; negative when ahead. */
  readonly behind: number;
  /** The part of the planned time that is used. */
  readonly share: number;
  /** What is left, as words. */
  readonly left: string;
}

/** Where one is among the items, and how that compares with the clock. */
export function PaceBar({ answered, total, behind, share, left }: Props) {
  return (
    <>
      <div class="row">
        <span>
          {answered + 1} <small>of {total}</small>
        </span>
        <span class={behind > 0 ? "late" : ""}>
          {behind > 0 ? `${behind} behind` : behind < 0 ? `${-behind} ahead` : "on pace"}
        </span>
        <span class="clock">{left}</span>
      </div>
      <div
        class="pace"
        role="img"
        aria-label={`${answered} of ${total} answered; ${Math.round(100 * share)} % of the time is used`}
      >
        <span style={{ width: `${(100 * answered) / total}%` }} />
        <i style={{ left: `${100 * share}%` }} />
      </div>
    </>
  );
}

export const clockText = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};
