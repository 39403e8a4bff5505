import { dimensions } from "../sources/dimensions.ts";
import type { Metrics, MetricsOptions } from "../contract/metrics.ts";
import { heartbeat } from "../sources/heartbeat.ts";
import { forms } from "../sources/forms.ts";
import type { Source } from "../contract/source.ts";
import { pageViews } from "../sources/pageViews.ts";
import { createMetricsWith } from "../client/createMetricsWith.ts";
import { filter } from "../sources/filter.ts";
import { historyPaths } from "../sources/historyPaths.ts";
import { restoredViews } from "../sources/restoredViews.ts";
import { embeddedPages } from "../sources/embeddedPages.ts";
import { frustration } from "../sources/frustration.ts";
import { sampling } from "../sources/sampling.ts";
import type { Catalog } from "@rumkit/protocol";
import { pageLoad } from "../sources/pageLoad.ts";
import { limits } from "../sources/limits.ts";
import { standby } from "../sources/standby.ts";
import { errorKinds } from "../sources/errorKinds.ts";
import { earlyErrors } from "../sources/earlyErrors.ts";
import { apiTimings } from "../sources/apiTimings.ts";
import { longTasks } from "../sources/longTasks.ts";
import { vitalCauses } from "../sources/vitalCauses.ts";
import { clicks } from "../sources/clicks.ts";
import { later } from "../sources/later.ts";
import { resourceErrors } from "../sources/resourceErrors.ts";
import { storedOutbox } from "../sources/storedOutbox.ts";
import { warnOfRejections } from "../delivery/warnOfRejections.ts";
import { errors } from "../sources/errors.ts";
import { vitals } from "../sources/vitals.ts";

/**
 * Creates the client of a page with the default set of sources: all that work without patching the page.
 *
 * Never throws. On a server (without `document`), returns a client that does nothing.
 *
 * @example
 * import type { catalog } from "./catalog.ts";
 * export const { trackAction } = createMetrics<typeof catalog>({ release: "1.4.2" });
 */
export const createMetrics = <C extends Catalog = Catalog>(options?: MetricsOptions | null): Metrics<C> => {
  const {
    sampleRate,
    beforeSend,
    pageViews: mode,
    embedded,
    sources = [],
    // Global Privacy Control (W3C): the user objects to tracking on all sites.
    consent = (globalThis.navigator as PrivacyControl | undefined)?.globalPrivacyControl
      ? "denied"
      : "granted",
    debug = LOCAL.test(globalThis.location?.hostname),
    onAnswer = debug ? warnOfRejections : undefined,
  } = options ?? {};
  // Sources that must see the page's script, or an exit, start immediately. `pageViews` is last, so all others see its
  // events. The sources in `later` start after the first paint.
  const all = [
    sampleRate! < 1 && sampling(sampleRate!),
    errorKinds(),
    dimensions(),
    !embedded && embeddedPages(),
    restoredViews(),
    vitals(vitalCauses),
    ...sources,
    // After all sources that change events, and not later: it must see each event before it is sent.
    beforeSend && filter(beforeSend),
    limits(),
    forms(),
    resourceErrors(),
    earlyErrors(),
    standby(),
    storedOutbox(),
    later(frustration(), heartbeat(), apiTimings(), longTasks(), pageLoad()),
    clicks(),
    errors(),
    mode !== "manual" && historyPaths(),
    mode !== "manual" && pageViews(),
  ].filter(Boolean) as Source[];
  return createMetricsWith<C>(all, { ...options, consent, onAnswer: onAnswer! });
};

interface PrivacyControl {
  readonly globalPrivacyControl?: boolean;
}

/** Hosts of a developer's machine. */
const LOCAL = /(^|\.)localhost$|^127[.\d]+$|^\[::1]/;
