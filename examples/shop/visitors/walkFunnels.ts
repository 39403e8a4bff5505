import { createRouteMatcher, type PageEvent } from "@rumkit/protocol";
import { catalog } from "../catalog.ts";
import type { Step } from "./steps.ts";

const matchRoute = createRouteMatcher(catalog.routes);

/** Adds the steps of the shop's funnels to a visit, as a page decides them: in order, each once. */
export function walkFunnels(visit: readonly Step[]): Step[] {
  const reached = new Map<string, number>();
  return visit.map((step) =>
    step.kind === "send" ? { ...step, events: step.events.flatMap((event) => follow(event, reached)) } : step,
  );
}

/** The event, and the step that it is of each funnel whose next one it is. */
function follow(event: PageEvent, reached: Map<string, number>): PageEvent[] {
  const name = stepName(event);
  const steps = Object.entries(catalog.funnels).flatMap(([funnel, names]): PageEvent[] => {
    const place = reached.get(funnel) ?? 0;
    if (name === undefined || names[place] !== name) return [];
    reached.set(funnel, place + 1);
    return [{ type: "funnel_step", name: funnel, step: place + 1 }];
  });
  return [event, ...steps];
}

function stepName(event: PageEvent): string | undefined {
  if (event.type === "page_view") return `page_view:${matchRoute(event.route ?? "")}`;
  return event.type === "action" ? `action:${event.name}` : undefined;
}
