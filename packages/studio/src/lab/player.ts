/** Plays a slider: one step after another, each when the run before it has been drawn. */
import type { Controls, Slider } from "@whetstone/sheet";
import { useEffect, useState } from "preact/hooks";
import { allDrawn } from "./figure.tsx";

/** A reader who wants little motion gets fewer than two frames a second. */
const FRAME_MS = { usual: 120, reduced: 600 } as const;
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");

/** Longest a film is, in frames; sliders with more steps skip some. */
const MOST_FRAMES = 100;

/** The next value of a slider; one step ahead, or as many as a film of limited length needs. */
export function ahead({ min, max, step }: Slider, value: number, film: boolean): number {
  const stride = film ? Math.max(1, Math.ceil((max - min) / step / MOST_FRAMES)) : 1;
  const next = Number((value + stride * step).toPrecision(12));
  return Math.min(max, next);
}

export interface Player {
  readonly playing: string | null;
  toggle(name: string): void;
  step(name: string): void;
  rewind(name: string): void;
  pause(): void;
}

interface Around {
  readonly controls: Controls;
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether what is shown is what the controls ask for. */
  readonly settled: boolean;
  readonly problem: boolean;
  readonly move: (name: string, value: number) => void;
}

export function usePlayer({ controls, values, settled, problem, move }: Around): Player {
  const [playing, setPlaying] = useState<string | null>(null);
  const sliderOf = (name: string) => controls[name] as Slider;

  useEffect(() => {
    const pause = () => document.hidden && setPlaying(null);
    document.addEventListener("visibilitychange", pause);
    return () => document.removeEventListener("visibilitychange", pause);
  }, []);

  useEffect(() => {
    if (problem) setPlaying(null);
  }, [problem]);

  const value = playing === null ? null : (values[playing] as number);
  useEffect(() => {
    if (playing === null || value === null || !settled) return;
    const slider = sliderOf(playing);
    if (value >= slider.max) {
      setPlaying(null);
      return;
    }
    let current = true;
    const frame = new Promise((resolve) =>
      setTimeout(resolve, REDUCED.matches ? FRAME_MS.reduced : FRAME_MS.usual),
    );
    Promise.all([frame, allDrawn()]).then(() => {
      if (current) move(playing, ahead(slider, value, true));
    });
    return () => {
      current = false;
    };
  }, [playing, value, settled]);

  return {
    playing,
    pause: () => setPlaying(null),
    toggle(name) {
      if (playing === name) {
        setPlaying(null);
        return;
      }
      if ((values[name] as number) >= sliderOf(name).max) move(name, sliderOf(name).min);
      setPlaying(name);
    },
    step(name) {
      setPlaying(null);
      move(name, ahead(sliderOf(name), values[name] as number, false));
    },
    rewind(name) {
      setPlaying(null);
      move(name, sliderOf(name).min);
    },
  };
}
