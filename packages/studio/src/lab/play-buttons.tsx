import type { Slider } from "@whetstone/sheet";
import type { Player } from "./player.ts";

interface Props {
  /** The control's name in the card, and the one on the page. */
  readonly name: string;
  readonly label: string;
  readonly slider: Slider;
  readonly value: number;
  readonly player: Player;
}

export function PlayButtons({ name, label, slider, value, player }: Props) {
  const playing = player.playing === name;
  return (
    <fieldset class="player" aria-label={`Film of ${label}`}>
      <button type="button" class="small" onClick={() => player.toggle(name)}>
        {playing ? "Pause" : "Play"}
      </button>
      <button type="button" class="small" disabled={value >= slider.max} onClick={() => player.step(name)}>
        Step
      </button>
      <button type="button" class="small" disabled={value <= slider.min} onClick={() => player.rewind(name)}>
        To start
      </button>
    </fieldset>
  );
}
