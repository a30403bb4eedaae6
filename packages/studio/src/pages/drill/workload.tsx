import { useEffect, useState } from "preact/hooks";
import { settings } from "../../store/history.ts";
import { workloadCurve } from "../../store/workload.ts";
import { niceTop } from "./bars.tsx";

const RETENTIONS = [0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97];
const W = 600;
const H = 190;
const LEFT = 40;
const FOOT = 26;

type Curve = readonly { readonly retention: number; readonly reviews: number }[];

/** What a retention costs at this number of new items: reviews a day after a year. */
export function Workload() {
  const [curve, setCurve] = useState<Curve>([]);
  useEffect(() => {
    const stop = new AbortController();
    void workloadCurve(RETENTIONS, stop.signal).then((found) => !stop.signal.aborted && setCurve(found));
    return () => stop.abort();
  }, []);
  const { retention, newPerDay } = settings.value;
  if (curve.length === 0) return <p class="about workload">Computing what each retention costs …</p>;
  const load = curve.map((at) => ({ retention: at.retention, reviews: at.reviews * newPerDay }));
  const mine = Math.round(interpolate(load, retention));
  const top = niceTop(Math.max(10, ...load.map((at) => at.reviews)));
  const x = (r: number) => LEFT + ((W - LEFT - 12) * (r - 0.8)) / 0.17;
  const y = (v: number) => 8 + (H - FOOT - 8) * (1 - v / top);
  const line = load.map((at, i) => `${i ? "L" : "M"}${x(at.retention)} ${y(at.reviews)}`).join("");
  const text = `At ${Math.round(100 * retention)} % and ${newPerDay} new items a day, about ${mine} reviews a day after a year.`;
  return (
    <figure class="workload">
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`Reviews a day against retention. ${text}`}>
        {[0, top / 2, top].map((v) => (
          <g key={v}>
            <line class="grid" x1={LEFT} x2={W - 12} y1={y(v)} y2={y(v)} />
            <text x={LEFT - 6} y={y(v) + 4} text-anchor="end">
              {v}
            </text>
          </g>
        ))}
        {[0.8, 0.85, 0.9, 0.95].map((r) => (
          <text key={r} x={x(r)} y={H - 6} text-anchor="middle">
            {Math.round(100 * r)} %
          </text>
        ))}
        <path d={line} />
        <circle cx={x(retention)} cy={y(interpolate(load, retention))} r="6" />
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  );
}

function interpolate(curve: Curve, at: number): number {
  const right = Math.max(
    1,
    curve.findIndex((c) => c.retention >= at - 1e-9),
  );
  const [a, b] = [curve[right - 1]!, curve[right]!];
  return a.reviews + ((b.reviews - a.reviews) * (at - a.retention)) / (b.retention - a.retention);
}
