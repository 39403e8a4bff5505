import type { LivePoint } from "@rumkit/protocol";
import type { Figure } from "./figure.ts";
import { WINDOW_SECONDS } from "./windows.ts";

/** The figures of the live page, their numbers, and their values in the seconds of the longest window. */
export interface Points {
  /** Adds a figure before the one named `before`, or as the first one. It has no value in earlier points. */
  add(figure: Figure, before: string | undefined): void;
  /** Closes the seconds since the last call, and returns their points. */
  close(): LivePoint[];
  /** Returns the point of the second that has not ended yet. */
  open(): LivePoint;
  /** Returns the number of each figure, over its window of complete seconds. */
  numbers(): (number | null)[];
  /** Returns the points of all closed seconds, oldest first. */
  readonly closed: readonly LivePoint[];
  readonly figures: readonly Figure[];
}

/** @param now The clock: milliseconds since 1970 that never go back. */
export function createPoints(given: readonly Figure[], now: () => number): Points {
  const figures = [...given];
  let closed: LivePoint[] = [];
  const secondNow = (): number => Math.floor(now() / 1000);
  let lastSecond = secondNow() - 1;
  const windowNumbers = createWindowNumbers(figures);

  const pointAt = (second: number): LivePoint => readPoint(figures, second);

  return {
    add: (figure, before) => {
      const found = figures.findIndex(({ description }) => description.name === before);
      const place = Math.max(found, 0);
      figures.splice(place, 0, figure);
      closed = closed.map(({ second, values }) => ({ second, values: values.toSpliced(place, 0, null) }));
    },
    close: () => {
      const ended = secondNow() - 1;
      const from = Math.max(lastSecond + 1, ended - WINDOW_SECONDS + 1);
      const points: LivePoint[] = [];
      for (let second = from; second <= ended; second += 1) points.push(pointAt(second));
      closed = [...closed, ...points].slice(-WINDOW_SECONDS);
      lastSecond = Math.max(lastSecond, ended);
      return points;
    },
    open: () => pointAt(Math.max(lastSecond + 1, secondNow())),
    numbers: () => {
      const ended = secondNow() - 1;
      const ofWindows = windowNumbers(ended);
      return figures.map(({ description, numberAt }, index) =>
        description.period === undefined ? (ofWindows[index] ?? null) : numberAt(ended),
      );
    },
    get closed() {
      return closed;
    },
    figures,
  };
}

function readPoint(figures: readonly Figure[], second: number): LivePoint {
  return { second, values: figures.map(({ measure }) => measure.between(second, second)) };
}

/**
 * The numbers of the figures over a window; null for the others. They are computed once per second, because a quantile
 * over five minutes takes longer than all sums.
 */
function createWindowNumbers(figures: readonly Figure[]): (ended: number) => readonly (number | null)[] {
  let kept: { readonly ended: number; readonly numbers: readonly (number | null)[] } | undefined;
  return (ended) => {
    if (kept?.ended === ended && kept.numbers.length === figures.length) return kept.numbers;
    const numbers = figures.map(({ description, numberAt }) =>
      description.period === undefined ? numberAt(ended) : null,
    );
    kept = { ended, numbers };
    return numbers;
  };
}
