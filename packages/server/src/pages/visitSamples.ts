import type { PageViewEvent, SessionStartEvent, VisibleEvent } from "@rumkit/protocol";
import { UNKNOWN } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, once } from "../vocabulary/countedEvent.ts";

/** Counts one session, by its device and network. */
export function countSession(event: SessionStartEvent, { times }: Occurrence): Sample[] {
  const { device = UNKNOWN, browser = UNKNOWN, connection = UNKNOWN } = event;
  return [once("rum_sessions_total", { device, browser, connection }, times)];
}

/** Counts one page view, by its trigger and the session's experience before it. */
export function countPageView(event: PageViewEvent, { route, times }: Occurrence): Sample[] {
  const { navigation = "hard", experience = UNKNOWN } = event;
  return [once("rum_page_views_total", { route, navigation, experience }, times)];
}

/** Observes how long a page view was visible. */
export function observeVisible({ value }: VisibleEvent, { route, times }: Occurrence): Sample[] {
  return [{ metric: "rum_visible_seconds", labels: { route }, value, times }];
}
