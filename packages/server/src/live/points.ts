import type { LivePoint } from "@rumkit/protocol";
import type { Figure } from "./figures.ts";
import { WINDOW_SECONDS } from "./windows.ts";

/** The figures of the live page, and their values in the seconds of its longest window. */
export interface Points {
  /** Adds a figure before the one named `before`. It has no value in earlier points. */
  add(figure: Figure, before: string): void;
  /** Closes the seconds since the last call, and returns their points. */
  close(): LivePoint[];
  /** Returns the point of the second that has not ended yet. */
  open(): LivePoint;
  /** Returns the points of all closed seconds, oldest first. */
  readonly closed: readonly LivePoint[];
  readonly figures: readonly Figure[];
}

/** @param now The clock: milliseconds since 1970 that never go back. */
export function createPoints(given: readonly Figure[], now: () => number): Points {
  const figures = [...given];
  let closed: LivePoint[] = [];
  let lastSecond = Math.floor(now() / 1000);

  const pointAt = (second: number, elapsed = 1): LivePoint => ({
    second,
    values: figures.map((figure) => figure.at(second, elapsed)),
  });

  return {
    add: (figure, before) => {
      const found = figures.findIndex(({ description }) => description.name === before);
      const place = found < 0 ? figures.length : found;
      figures.splice(place, 0, figure);
      closed = closed.map(({ second, values }) => ({ second, values: values.toSpliced(place, 0, null) }));
    },
    close: () => {
      const ended = Math.floor(now() / 1000) - 1;
      const from = Math.max(lastSecond + 1, ended - WINDOW_SECONDS + 1);
      const points: LivePoint[] = [];
      for (let second = from; second <= ended; second += 1) points.push(pointAt(second));
      closed = [...closed, ...points].slice(-WINDOW_SECONDS);
      lastSecond = Math.max(lastSecond, ended);
      return points;
    },
    open: () => {
      const time = now() / 1000;
      const second = Math.max(lastSecond + 1, Math.floor(time));
      return pointAt(second, Math.min(1, Math.max(0, time - second)));
    },
    get closed() {
      return closed;
    },
    figures,
  };
}
