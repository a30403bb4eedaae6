interface Props {
  readonly title: string;
  /** The oldest first; null where a round was not graded. At least one is. */
  readonly grades: readonly (number | null)[];
}

const W = 220;
const H = 84;
const LEFT = 18;
const EDGE = 10;

/** One signal's grades over rounds. */
export function SignalLine({ title, grades }: Props) {
  const x = (i: number) =>
    grades.length === 1 ? (W + LEFT) / 2 : LEFT + EDGE + (i * (W - LEFT - 2 * EDGE)) / (grades.length - 1);
  const y = (grade: number) => EDGE + ((4 - grade) * (H - 2 * EDGE)) / 3;
  const given = grades.flatMap((grade, i) => (grade === null ? [] : [{ grade, i }]));
  const last = given.at(-1)!;
  const path = given.map(({ grade, i }) => `${x(i)},${y(grade)}`).join(" ");
  const words = grades.map((grade) => grade ?? "none").join(", ");
  return (
    <figure class="signal-line">
      <figcaption>
        {title} <small>{last.grade} of 4</small>
      </figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${title}, the oldest round first: ${words}.`}>
        {[1, 2, 3, 4].map((grade) => (
          <g key={grade}>
            <line x1={LEFT} x2={W} y1={y(grade)} y2={y(grade)} />
            {(grade === 1 || grade === 4) && (
              <text x={LEFT - 6} y={y(grade) + 4} text-anchor="end">
                {grade}
              </text>
            )}
          </g>
        ))}
        <polyline points={path} />
        {given.map(({ grade, i }) => (
          <circle
            key={i}
            class={last.i === i ? "last" : undefined}
            cx={x(i)}
            cy={y(grade)}
            r={last.i === i ? 5 : 3}
          />
        ))}
      </svg>
    </figure>
  );
}
