/** The whole page around a real store, for tests of components. */
import type {
  ErrorGroups,
  LiveBoard,
  LiveDelta,
  LiveDurations,
  LiveEvent,
  LiveFigure,
  LiveFrame,
  LiveSnapshot,
  LiveVitals,
} from "@rumkit/protocol";
import { act, render } from "@testing-library/react";
import { vi } from "vitest";
import type { Chart, ChartData } from "../src/chart/chart.ts";
import type { LiveApi } from "../src/stream/liveApi.ts";
import type { AlertApi } from "../src/stream/alertApi.ts";
import { createLiveStore } from "../src/stream/liveStore.ts";
import { LivePage } from "../src/page/LivePage.tsx";

export const lcp: LiveFigure = {
  name: "lcp_p75",
  title: "LCP, p75",
  help: "Three of four page views were at or below it.",
  group: "experience",
  unit: "seconds",
  decimals: 2,
  windowSeconds: 60,
  merge: "mean",
  query: "",
  thresholds: { warn: 2.5, bad: 4 },
};
export const views: LiveFigure = {
  name: "page_views_per_second",
  title: "Page views",
  help: "Page views of the last 60 s, divided by 60.",
  group: "experience",
  unit: "per_second",
  decimals: 1,
  windowSeconds: 60,
  merge: "sum",
  query: "",
};

export const board: LiveBoard = {
  day: { start: 0, since: 0 },
  comparisons: [],
  vitals: [],
  funnels: [],
  routes: [],
  experience: null,
  objectives: [],
  releases: [],
  gaps: [],
};

export const snapshot = (parts: Partial<LiveSnapshot> = {}): LiveSnapshot => ({
  kind: "snapshot",
  id: "1-1",
  at: 0,
  app: "shop",
  figures: [views, lcp],
  numbers: parts.points?.at(-1)?.values ?? [8, 1.9],
  // The last one has not ended, and is not drawn yet.
  points: [
    { second: 100, values: [8, 1.9] },
    { second: 105, values: [0, null] },
  ],
  board,
  totals: [],
  tail: [],
  ...parts,
});

export const delta = (parts: Partial<LiveDelta>): LiveDelta => ({
  kind: "delta",
  id: "1-2",
  at: 0,
  numbers: parts.points?.at(-1)?.values ?? [8, 1.9],
  points: [],
  totals: [],
  tail: [],
  ...parts,
});

export const event = (parts: Partial<LiveEvent>): LiveEvent => ({
  at: 0,
  source: "page",
  type: "action",
  name: "add_to_cart",
  count: 1,
  details: {},
  ...parts,
});

export const count = (value: number): LiveSnapshot["totals"] => [
  { metric: "rum_events_accepted_total", labels: {}, value },
];

interface Shown {
  /** The view of the page's address. */
  view?: string;
  query?: string;
  hasToken?: () => boolean;
  errors?: ErrorGroups;
  durations?: LiveDurations;
  vitals?: LiveVitals;
  endsAt?: number | undefined;
  share?: () => Promise<string | undefined>;
  endLink?: (link: string) => Promise<string | undefined>;
  alerts?: Partial<AlertApi>;
  history?: LiveApi["history"];
}

/** The alerts of a collector that answers nothing about them. */
const NO_ALERTS: AlertApi = {
  read: async () => undefined,
  audit: async () => undefined,
  values: async () => undefined,
  silence: async () => undefined,
  endSilence: async () => undefined,
  acknowledge: async () => undefined,
  approve: async () => undefined,
  reject: async () => undefined,
};

/** The page around a real store, with charts that remember what they were last told to draw. */
export function show({
  view = "experience",
  query = "",
  hasToken = () => false,
  errors,
  durations,
  vitals,
  endsAt,
  share = async () => undefined,
  endLink = async () => undefined,
  alerts = {},
  history: readHistory = async () => undefined,
}: Shown = {}) {
  history.replaceState(null, "", `/realtime?view=${view}${query}`);
  const store = createLiveStore();
  const drawn = new Map<string, ChartData>();
  const createChart = (figure: LiveFigure): Chart => ({
    mount: () => {},
    setData: (data) => drawn.set(figure.name, data),
    resize: () => {},
    moveCursor: () => undefined,
    destroy: () => drawn.delete(figure.name),
  });
  /** The second stream, with the filter of the page. */
  const followed: { query: string; send: (frame: LiveFrame) => void; isOpen: boolean }[] = [];
  const api: LiveApi = {
    history: readHistory,
    errors: async () => errors,
    share,
    endLink,
    durations: async () => durations,
    vitals: async () => vitals,
    alerts: { ...NO_ALERTS, ...alerts },
    follow: (filter, onFrame) => {
      const stream = { query: filter, send: (frame: LiveFrame) => act(() => onFrame(frame)), isOpen: true };
      followed.push(stream);
      return () => {
        stream.isOpen = false;
      };
    },
  };
  const tokens: string[] = [];
  const retried = vi.fn();
  const { container } = render(
    <LivePage
      store={store}
      api={api}
      createChart={createChart}
      onToken={(token) => tokens.push(token)}
      hasToken={() => hasToken() || tokens.length > 0}
      linkEndsAt={() => endsAt}
      onRetry={retried}
      collector="https://rum.example"
    />,
  );
  const receive = (frame: LiveSnapshot | LiveDelta) =>
    act(() => {
      store.onFrame(frame);
      store.onConnection("live");
      vi.advanceTimersByTime(20);
    });
  const pass = (ms: number): void => act(() => void vi.advanceTimersByTime(ms));
  const valuesOf = (name: string) => drawn.get(name)?.values.filter((value) => value !== null);
  return { store, drawn, container, receive, pass, tokens, retried, valuesOf, followed };
}
