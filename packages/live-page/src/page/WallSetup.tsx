import type { LiveFigure, LiveLayout } from "@rumkit/protocol";
import { type SubmitEvent, useId } from "react";
import { heroTiles, shownFigures } from "../overview/chosenFigures.ts";
import { type Kiosk, MOST_CARDS } from "./useKiosk.ts";

/** Seconds of each view. */
const ROTATIONS = [0, 10, 20, 30, 60];

interface WallSetupProps {
  figures: readonly LiveFigure[];
  /** The cards of the catalog. */
  layout: LiveLayout | undefined;
  kiosk: Kiosk;
}

/** The button of the wall display: it asks for the cards and for the time of each view. */
export function WallSetup(props: WallSetupProps) {
  const id = useId();
  return (
    <>
      <button type="button" className="pause wall" popoverTarget={id}>
        Wall display
      </button>
      <div className="help wallSetup" id={id} popover="auto">
        <WallForm {...props} />
      </div>
    </>
  );
}

function WallForm({ figures, layout, kiosk }: WallSetupProps) {
  const usual = heroTiles(figures, { layout }).flatMap(({ figure, others }) =>
    [figure, ...others].map(({ name }) => name),
  );
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const cards = data.getAll("card").map(String);
    kiosk.start({
      rotateSeconds: Number(data.get("seconds")),
      cards: cards.join() === usual.join() ? [] : cards.slice(0, MOST_CARDS),
    });
  };
  return (
    <form onSubmit={onSubmit}>
      <CardChoice figures={figures} chosen={kiosk.cards.length > 0 ? kiosk.cards : usual} />
      <label>
        Next view{" "}
        <select name="seconds" defaultValue={String(kiosk.rotateSeconds)}>
          {ROTATIONS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? "never" : `after ${seconds} s`}
            </option>
          ))}
        </select>
      </label>
      <p className="hint">The screen stays on. The key k leaves the wall display.</p>
      <button type="submit">Show</button>
    </form>
  );
}

function CardChoice({ figures, chosen }: { figures: readonly LiveFigure[]; chosen: readonly string[] }) {
  return (
    <fieldset>
      <legend>Cards, {MOST_CARDS} at most</legend>
      {shownFigures(figures).map(({ name, title }) => (
        <label key={name}>
          <input type="checkbox" name="card" value={name} defaultChecked={chosen.includes(name)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
