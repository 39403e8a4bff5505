import type { PageEvent } from "@rumkit/protocol";
import type { TimedEvent } from "./diary.ts";
import type { Site } from "./site.ts";

/** Adds the steps of funnels, as a page decides them: each once in a session, after the steps before it. */
export function followFunnels(site: Site, events: readonly TimedEvent[]): TimedEvent[] {
  const places = new Map<string, number>();
  return events.flatMap((timed) => [
    timed,
    ...stepsOf(site, timed.event, places).map((event) => ({ ...timed, event })),
  ]);
}

function stepsOf({ funnels, matchRoute }: Site, event: PageEvent, places: Map<string, number>): PageEvent[] {
  const name = nameOf(event, matchRoute);
  return Object.entries(funnels).flatMap(([funnel, steps]): PageEvent[] => {
    const place = places.get(funnel) ?? 0;
    if (name === undefined || steps[place] !== name) return [];
    places.set(funnel, place + 1);
    return [{ type: "funnel_step", name: funnel, step: place + 1 }];
  });
}

/** The name of an event in the steps of funnels. */
function nameOf(event: PageEvent, matchRoute: Site["matchRoute"]): string | undefined {
  if (event.type === "page_view") return `page_view:${matchRoute(event.route ?? "")}`;
  const isStep = event.type === "action" || event.type === "conversion" || event.type === "feature";
  return isStep ? `${event.type}:${event.name}` : undefined;
}
