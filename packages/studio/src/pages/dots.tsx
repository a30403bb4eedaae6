const STEP = 9;
const ACROSS = 23;

/** A filled dot for each live system, a hollow one for each other. */
export function Dots({ live, total }: { readonly live: number; readonly total: number }) {
  const dot = (i: number) => `M${4 + (i % ACROSS) * STEP} ${4 + Math.floor(i / ACROSS) * STEP}h0`;
  const path = (from: number, to: number) => {
    let d = "";
    for (let i = from; i < to; i++) d += dot(i);
    return d;
  };
  const height = Math.ceil(total / ACROSS) * STEP;
  return (
    <svg
      class="dots"
      width={ACROSS * STEP}
      height={height}
      viewBox={`0 0 ${ACROSS * STEP} ${height}`}
      aria-hidden="true"
    >
      <path class="rest" d={path(live, total)} />
      <path class="live" d={path(0, live)} />
    </svg>
  );
}
