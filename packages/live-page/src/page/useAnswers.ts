import type { ErrorGroups, LiveDurations, LiveVitals } from "@rumkit/protocol";
import type { Histories } from "../overview/Overview.tsx";
import { SECONDS_KEPT } from "../numbers/past.ts";
import type { LiveApi } from "../stream/liveApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import type { Address } from "./useAddress.ts";
import { useHistories } from "./useHistories.ts";
import { usePolled } from "../stream/usePolled.ts";

/** Milliseconds between two looks at the errors and at the durations. */
const EVERY_MS = 5_000;

/** The longest window of the charts, in seconds. */
const LONGEST_WINDOW = 6 * 3_600;

/** Answers to requests beside the stream. Each is undefined until it has arrived. */
export interface Answers {
  /** Seconds of the charts; undefined for the whole day. */
  readonly windowSeconds: number | undefined;
  readonly histories: Histories;
  readonly errors: ErrorGroups | undefined;
  /** Only for the views that show it. */
  readonly durations: LiveDurations | undefined;
  readonly vitals: LiveVitals | undefined;
}

interface ShownParts {
  readonly view: string;
  /** Names of the figures that a wall display shows alone. */
  readonly cards: readonly string[];
}

export function useAnswers(
  api: LiveApi,
  live: LiveState,
  address: Address,
  { view, cards }: ShownParts,
): Answers {
  const seconds = Number(address.window);
  const windowSeconds =
    Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_WINDOW) : undefined;
  const { filter } = address;
  const histories = useHistories(api, live, {
    chosen: address.chart || undefined,
    windowSeconds,
    cards,
    filter,
  });
  const errors = usePolled(api.errors, EVERY_MS, live.app || undefined);
  const route = filter.get("route") ?? filter.get("http_route");
  // The collector keeps durations in steps of ten seconds.
  const span = Math.max(10, Math.floor(Math.min(windowSeconds ?? SECONDS_KEPT, SECONDS_KEPT) / 10) * 10);
  const isShown = (view === "backend" || view === "errors") && live.app !== "";
  const durations = usePolled(
    () => api.durations(span, route),
    EVERY_MS,
    isShown ? JSON.stringify([span, route]) : undefined,
  );
  const asksVitals = view === "experience" && live.app !== "";
  const vitals = usePolled(api.vitals, EVERY_MS, asksVitals ? view : undefined);
  return { windowSeconds, histories, errors, durations, vitals };
}
