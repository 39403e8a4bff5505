import {
  type LiveRatedVital,
  type LiveVitalRow,
  type LiveVitals,
  type WebVitalName,
  webVitals,
  type WebVitalSpec,
} from "@rumkit/protocol";
import { createSecondRing } from "./secondRing.ts";
import { createSketchWindow } from "./sketchWindow.ts";
import { WINDOW_SECONDS, type Windows } from "./windows.ts";

/** Seconds of a step. A route has few vitals in a minute, and five sketches in each: shorter steps would take more memory. */
const STEP = 60;

const STEPS = WINDOW_SECONDS / STEP;

/** Rows of a table: more are not readable. */
const MAX_ROWS = 100;

const VITALS = Object.entries(webVitals) as [WebVitalName, WebVitalSpec][];

/** The Web Vitals of the last 15 minutes, by route and by device. */
export interface VitalTables {
  /** Adds an observation by its device. The metrics have no label for it, which would multiply their series. */
  see(device: string, metric: string, value: number, times: number): void;
  /** Reads the tables, up to the current second. */
  read(second: number): LiveVitals;
}

/**
 * Opens the windows. They count from now on.
 *
 * @param now Milliseconds since 1970 that never go back.
 */
export function createVitalTables(windows: Windows, now: () => number): VitalTables {
  const byRoute = VITALS.map(([vital, spec]) => ({
    vital,
    metric: spec.metric,
    windows: windows.observedBy("route", spec, () => createVitalWindow(spec)),
  }));
  const byDevice = VITALS.map(([vital, spec]) => ({
    vital,
    metric: spec.metric,
    windows: new Map<string, VitalWindow>(),
    create: () => createVitalWindow(spec),
  }));
  const byMetric = new Map(byDevice.map((column) => [column.metric, column]));
  return {
    see: (device, metric, value, times) => {
      const found = byMetric.get(metric);
      if (!found) return;
      let window = found.windows.get(device);
      if (!window) found.windows.set(device, (window = found.create()));
      window.add(Math.floor(now() / 1000), value, times);
    },
    read: (second) => {
      const to = (Math.floor(second / STEP) + 1) * STEP;
      const from = to - WINDOW_SECONDS;
      const tables = [
        { label: "route", rows: rowsOf(byRoute, from, to - 1) },
        { label: "device", rows: rowsOf(byDevice, from, to - 1) },
      ];
      return { from, to, tables: tables.filter(({ rows }) => rows.length > 0) };
    },
  };
}

type VitalWindow = ReturnType<typeof createVitalWindow>;

/** The observations of one vital with one value of a label. */
function createVitalWindow({ good, poor }: WebVitalSpec) {
  const sketch = createSketchWindow(STEPS, STEP);
  // A sketch is within 1 %, which could put a value on the wrong side of a threshold.
  const low = createSecondRing(STEPS);
  const middle = createSecondRing(STEPS);
  const high = createSecondRing(STEPS);
  return {
    add: (second: number, value: number, times: number): void => {
      sketch.add(second, value, times);
      (value <= good ? low : value <= poor ? middle : high).add(Math.floor(second / STEP), times);
    },
    between: (from: number, to: number): Omit<LiveRatedVital, "vital"> | undefined => {
      const p75 = sketch.between(from, to).quantile(0.75);
      if (p75 === null) return undefined;
      const [first, last] = [Math.floor(from / STEP), Math.floor(to / STEP)];
      return {
        p75,
        good: low.between(first, last),
        needsImprovement: middle.between(first, last),
        poor: high.between(first, last),
      };
    },
  };
}

interface Column {
  readonly vital: WebVitalName;
  readonly windows: ReadonlyMap<string, VitalWindow>;
}

function rowsOf(columns: readonly Column[], from: number, to: number): LiveVitalRow[] {
  const values = new Set(columns.flatMap(({ windows }) => [...windows.keys()]));
  return [...values]
    .map((value) => ({
      value,
      vitals: columns.flatMap(({ vital, windows }) => {
        const rated = windows.get(value)?.between(from, to);
        return rated ? { vital, ...rated } : [];
      }),
    }))
    .filter(({ vitals }) => vitals.length > 0)
    .toSorted((a, b) => observationsOf(b) - observationsOf(a) || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_ROWS);
}

function observationsOf({ vitals }: LiveVitalRow): number {
  return vitals.reduce((sum, { good, needsImprovement, poor }) => sum + good + needsImprovement + poor, 0);
}
