import type { LiveFilter, LiveTotal } from "@rumkit/protocol";
import type { ShownEvent, ShownEvents } from "../base/shownEvents.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { passes } from "./readFilter.ts";

/** The part of the live data that a filter selects. */
export interface Selection {
  /** Undefined if everything is selected. */
  readonly filter: LiveFilter | undefined;
  /** The minimum milliseconds between two frames, if the viewer chose them. */
  readonly intervalMs: number | undefined;
  /** True if figures may be selected. */
  readonly hasFigures: boolean;
  /** True if the board is selected. */
  readonly board: boolean;
  figure(name: string): boolean;
  series(series: Series): boolean;
  total(total: LiveTotal): boolean;
  /** Returns the selected ones of events that were counted together. */
  events(events: ShownEvents): ShownEvents;
}

/**
 * A filter of metrics alone selects no events, and one of types alone only events. Labels select series and events.
 * Figures and the board have no labels, so a filter of labels leaves them out: their numbers would be those of the whole
 * app.
 */
export function createSelection(filter: LiveFilter): Selection {
  const { metrics, types, labels = {}, interval } = filter;
  const hasLabels = Object.keys(labels).length > 0;
  const hasMetrics = types?.include === undefined || metrics?.include !== undefined;
  const hasEvents = metrics?.include === undefined || types?.include !== undefined;
  const total = ({ metric, labels: of }: LiveTotal | { metric: string; labels: Series["labels"] }): boolean =>
    hasMetrics && passes(metrics, metric) && passesAll(labels, (name) => of[name]);
  const hasFigures = hasMetrics && !hasLabels;
  return {
    filter: Object.keys(filter).length > 0 ? filter : undefined,
    intervalMs: interval === undefined ? undefined : interval * 1_000,
    hasFigures,
    board: hasFigures && metrics === undefined && types?.include === undefined,
    figure: (name) => hasFigures && passes(metrics, name),
    series: ({ descriptor, labels: of }) => total({ metric: descriptor.name, labels: of }),
    total,
    events: (events) => {
      if (!hasEvents) return narrow(events, []);
      if (hasLabels) return narrowByLabels(events, filter);
      return types === undefined ? events : narrowByTypes(events, filter);
    },
  };
}

function passesAll(
  labels: NonNullable<LiveFilter["labels"]>,
  valueOf: (name: string) => string | undefined,
): boolean {
  return Object.entries(labels).every(([name, choice]) => passes(choice, valueOf(name)));
}

/** Events are described on demand, because a filter of types often selects none of many. */
function narrowByTypes(events: ShownEvents, { types }: LiveFilter): ShownEvents {
  const all = events.types();
  const isSelected = all.map((type) => passes(types, type));
  const selected = all.filter((_, index) => isSelected[index]);
  return {
    ...narrow(events, selected),
    describe: () => events.describe().filter((_, index) => isSelected[index]),
  };
}

function narrowByLabels(events: ShownEvents, { types, labels = {} }: LiveFilter): ShownEvents {
  const described = events
    .describe()
    .filter((event) => passes(types, event.type) && passesAll(labels, (name) => labelOf(event, name)));
  const selected = described.map(({ type }) => type);
  return { ...narrow(events, selected), describe: () => described };
}

function narrow(events: ShownEvents, types: readonly string[]): ShownEvents {
  return {
    ...events,
    length: types.length,
    types: () => types,
    ...(types.length === 0 && { describe: () => [] }),
  };
}

/** The label of an event: its route, one of its details, or its name under its type, as in `conversion="purchase"`. */
function labelOf({ type, name: own, route, details }: ShownEvent, name: string): string | undefined {
  if (name === "route") return route;
  const value = Object.hasOwn(details, name) ? details[name] : undefined;
  if (value !== undefined) return String(value);
  return name === type ? own : undefined;
}
