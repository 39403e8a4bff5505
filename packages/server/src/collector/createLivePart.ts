import type { LiveLinks } from "../access/liveLinks.ts";
import type { LiveAlertState } from "@rumkit/protocol";
import type { Handler } from "hono";
import { steadyNow } from "../base/steadyNow.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createHistoryRoute } from "../history/historyRoute.ts";
import { createReleaseWatch } from "../history/marks.ts";
import { createPrometheus } from "../history/prometheus.ts";
import type { Journal } from "../journal/journal.ts";
import { createLive } from "../live/createLive.ts";
import { createDurationsRoute } from "../live/durationsRoute.ts";
import { createLiveRoute } from "../live/liveRoute.ts";
import { createVitalsRoute } from "../live/vitalsRoute.ts";
import type { ViewerLimits } from "../live/viewerLimits.ts";
import type { PartContext, PartRoute } from "../part/part.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { PartOptions } from "./parts.ts";

/** Routes below the path of the live page that a share link opens, too. */
const SHARED = { method: "GET", under: "live", scope: "live", isShared: true } as const;

interface LivePartSources {
  readonly scrub: Scrubber;
  readonly viewers: ViewerLimits;
  /** Returns the state of the alerts; undefined while none are evaluated. */
  readonly alerts: () => LiveAlertState | undefined;
  readonly links: LiveLinks | undefined;
}

/** The live stream, and the figures of the last days. */
export function createLivePart(
  { catalog, recorder, journal, senderOf }: PartContext,
  options: PartOptions,
  { scrub, viewers, alerts, links }: LivePartSources,
) {
  const { calendar, history, releases, prometheus } = openHistory(journal, options, scrub);
  const { moment: now } = recorder;
  const { feed, durations, vitals } = createLive({
    catalog,
    recorder,
    scrub,
    history,
    calendar,
    now,
    alerts,
  });
  const share = (path: string, handler: Handler): PartRoute => ({ ...SHARED, path, handler });
  return {
    releases,
    newestRelease: () => history.marks.releases.at(-1)?.release,
    seeVital: vitals.see,
    routes: [
      share("/metrics", createLiveRoute({ feed, record: recorder.record, senderOf, limits: viewers })),
      share("/history", createHistoryRoute({ history, prometheus, now: Date.now })),
      share("/durations", createDurationsRoute({ durations, now: steadyNow })),
      share("/vitals", createVitalsRoute(vitals, steadyNow)),
    ],
    showEvents: feed.showEvents,
    show: createShowViewers(recorder, viewers),
    publish: () => {
      history.tick();
      feed.tick();
      viewers.endLinks(Date.now(), (token) => links?.isEnded(token) === true);
    },
    close: () => {
      history.close();
      feed.close();
    },
  };
}

/** The figures of the last days, here and in Prometheus, and the releases among them. */
function openHistory(
  { history: store }: Journal,
  { release, prometheusUrl }: Pick<PartOptions, "release" | "prometheusUrl">,
  scrub: Scrubber,
) {
  const calendar = createCalendar();
  const history = createHistory({ wallNow: Date.now, steadyNow, calendar, store });
  const releases = createReleaseWatch(history.marks, Date.now, scrub.text);
  if (release !== undefined) releases.see(release, "server");
  const prometheus = prometheusUrl === undefined ? undefined : createPrometheus(prometheusUrl);
  return { calendar, history, releases, prometheus };
}

/**
 * Returns a function that shows the number of viewers. Once a second, and not with each that comes: a change of it would
 * be a frame for all others, and thousands come back after a restart.
 */
function createShowViewers({ record }: PartContext["recorder"], viewers: ViewerLimits): () => void {
  let shown = 0;
  return () => {
    if (viewers.size !== shown) record({ metric: "rum_live_clients", labels: {}, value: viewers.size });
    shown = viewers.size;
  };
}
