import { createAlerting } from "../alerting/createAlerting.ts";
import { alertRoutes, createAlertsRoute, readRoute } from "../alerting/alertRoutes.ts";
import { noAlerts } from "../alerting/liveAlerts.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createClusterNotice } from "./createClusterPart.ts";
import { createLeadingAlerts } from "./createLeadingAlerts.ts";
import type { PartOptions } from "./parts.ts";
import { createAlertsWarning } from "./warnings.ts";

/**
 * Evaluates the alerts of the catalog once a second, and does what the option `alerts` says. Without the option, the live
 * page shows them. Of several live roles only the leader does so.
 *
 * @param release Returns the newest release that pages reported.
 * @param roles The parts of the role. A live role leads once they are ready.
 */
export function createAlertsPart(
  context: PartContext,
  options: PartOptions,
  release: () => string | undefined,
  roles: readonly Part[],
): Part {
  const { catalog, recorder, journal } = context;
  const { alerts = {}, cluster } = options;
  if (alerts === false) return withoutAlerts(context);
  const parts = { options: alerts, catalog, recorder, now: Date.now, release, warn: createAlertsWarning() };
  if (cluster?.role === "live") {
    const mayLead = (): boolean => roles.every(({ isReady }) => isReady?.() ?? true);
    const onNotice = createClusterNotice(context, options.log);
    return createLeadingAlerts(context, { cluster, options, alerting: parts, mayLead, onNotice });
  }
  const documents = journal.documents ?? createMemoryDocuments();
  const alerting = createAlerting({ ...parts, documents });
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
