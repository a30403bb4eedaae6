import { brief } from "@whetstone/sheet";

interface BarsProps {
  readonly values: readonly number[];
  /** What each bar stands for, as a reader says it. */
  readonly names: readonly string[];
  readonly label: string;
  /** The bars whose names stand under the axis. */
  readonly ticks: readonly number[];
  readonly tone?: "first" | "second";
}

const W = 600;
const H = 150;
const LEFT = 34;
const FOOT = 22;

/** Counts per day: small enough that a plotting library would be most of the page. */
export function Bars({ values, names, label, ticks, tone = "first" }: BarsProps) {
  const top = niceTop(Math.max(1, ...values));
  const step = (W - LEFT) / values.length;
  const y = (v: number) => 8 + (H - FOOT - 8) * (1 - v / top);
  const total = values.reduce((a, b) => a + b, 0);
  const most = values.indexOf(Math.max(...values));
  const summary =
    total === 0 ? `${label}: none.` : `${label}: ${total} in all, most ${names[most]} with ${values[most]}.`;
  return (
    <svg class={`bars ${tone}`} viewBox={`0 0 ${W} ${H}`} role="img" aria-label={summary}>
      {[0, top / 2, top].map((v) => (
        <g key={v}>
          <line x1={LEFT} x2={W} y1={y(v)} y2={y(v)} />
          <text x={LEFT - 6} y={y(v) + 4} text-anchor="end">
            {brief(v)}
          </text>
        </g>
      ))}
      {values.map((v, i) => (
        <rect key={i} x={LEFT + i * step + step * 0.12} width={step * 0.76} y={y(v)} height={y(0) - y(v)}>
          <title>{`${names[i]}: ${v}`}</title>
        </rect>
      ))}
      {ticks.map((i) => (
        <text
          key={i}
          x={LEFT + (i + 0.5) * step}
          y={H - 5}
          text-anchor={i === 0 ? "start" : i === values.length - 1 ? "end" : "middle"}
        >
          {names[i]}
        </text>
      ))}
    </svg>
  );
}

/** An even number of ticks that is 2, 4, 6 or 10 times a power of ten. */
export function niceTop(v: number): number {
  const power = 10 ** Math.floor(Math.log10(v));
  return Math.max(2, [1, 2, 4, 6, 10].map((m) => m * power).find((t) => t >= v)!);
}
