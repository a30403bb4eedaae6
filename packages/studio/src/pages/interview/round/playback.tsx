import { useEffect, useState } from "preact/hooks";
import { readRecording } from "../../../store/recordings.ts";

/** A recording, to listen to. */
export function Playback({ at }: { readonly at: string }) {
  const [address, setAddress] = useState<string | null | undefined>();
  useEffect(() => {
    let current = true;
    let made: string | null = null;
    void readRecording(at).then((sound) => {
      if (!current) return;
      made = sound && URL.createObjectURL(sound);
      setAddress(made);
    });
    return () => {
      current = false;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [at]);
  if (address === undefined) return null;
  if (address === null) return <p class="about">What you said is not on this machine.</p>;
  // biome-ignore lint/a11y/useMediaCaption: the learner's own words, which nobody has written down
  return <audio controls src={address} aria-label="Your recorded answer" />;
}
