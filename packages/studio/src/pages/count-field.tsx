interface Props {
  readonly label: string;
  readonly range: readonly [low: number, high: number];
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A whole number within a range; what is typed beyond it is moved to its border. */
export function CountField({ label, range: [low, high], value, onChange }: Props) {
  return (
    <label class="count">
      <span>{label}</span>
      <input
        type="number"
        min={low}
        max={high}
        value={value}
        onChange={(event) => {
          const typed = event.currentTarget.valueAsNumber;
          const next = Number.isFinite(typed) ? Math.min(high, Math.max(low, Math.round(typed))) : value;
          event.currentTarget.value = String(next);
          onChange(next);
        }}
      />
    </label>
  );
}
