import { createAlerting } from "../alerting/createAlerting.ts";
import { alertRoutes, createAlertsRoute, readRoute } from "../alerting/alertRoutes.ts";
import { noAlerts } from "../alerting/liveAlerts.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { PartOptions } from "./parts.ts";
import { createAlertsWarning } from "./warnings.ts";

/**
 * Evaluates the alerts of the catalog once a second, and does what the option `alerts` says. Without the option, the live
 * page shows them.
 *
 * @param release Returns the newest release that pages reported.
 */
export function createAlertsPart(
  context: PartContext,
  options: PartOptions,
  release: () => string | undefined,
): Part {
  const { catalog, recorder, journal } = context;
  const { alerts = {} } = options;
  if (alerts === false) return withoutAlerts(context);
  const alerting = createAlerting({
    options: alerts,
    catalog,
    recorder,
    documents: journal.documents ?? createMemoryDocuments(),
    now: Date.now,
    release,
    warn: createAlertsWarning(),
  });
  const { desk, audit, view } = alerting;
  return {
    routes: alertRoutes({ desk, audit, context, proxies: options }),
    show: alerting.show,
    tick: () => {
      alerting.tick();
      context.showAlerts(view.state(alerting.version()));
    },
    close: alerting.close,
  };
}

/** The live page asks whether there are alerts. */
function withoutAlerts(context: PartContext): Part {
  const answer = createAlertsRoute((viewer) => noAlerts(viewer, Date.now()), context);
  return { routes: [readRoute("api", "/alerts", answer), readRoute("live", "/alerts", answer)] };
}
