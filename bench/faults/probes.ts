/** The SDKs whose deliveries are compared: each with its documented start, and the call that reports one event. */
export interface Probe {
  readonly title: string;
  /** Packages from npm with their versions. None: ours. */
  readonly packages: Readonly<Record<string, string>>;
  /**
   * The code of the page. `URL` is the receiver's address. It sets `report`, which reports an event of this name as the
   * SDK's users do.
   */
  readonly code: string;
  /** Scripts of the first package, without modules, that run before the code. */
  readonly files?: readonly string[];
  /** The value in a request that stays the same when it is sent again, by which a server can tell copies apart. */
  readonly identity: RegExp | undefined;
}

export const OURS: Probe = {
  title: "rumkit",
  packages: {},
  code: `import { createMetrics } from "@rumkit/browser";
         const metrics = createMetrics({ url: URL + "/collect" });
         globalThis.report = (name) => metrics.trackAction(name);`,
  identity: /"id":"([0-9a-f]{32})"/,
};

export const OTHERS: readonly Probe[] = [
  {
    title: "Grafana Faro",
    packages: { "@grafana/faro-web-sdk": "2.12.1" },
    code: `import { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";
           const { api } = initializeFaro({ url: URL + "/faro", app: { name: "shop" },
                                            instrumentations: [...getWebInstrumentations()] });
           globalThis.report = (name) => api.pushEvent(name);`,
    identity: /idempotency-key: (\S+)/,
  },
  {
    title: "Datadog RUM",
    packages: { "@datadog/browser-rum": "7.16.2" },
    code: `import { datadogRum } from "@datadog/browser-rum";
           datadogRum.init({ applicationId: "a", clientToken: "c", site: "datadoghq.eu", service: "shop", env: "production",
             version: "1", sessionSampleRate: 100, sessionReplaySampleRate: 0, trackUserInteractions: true,
             trackResources: true, trackLongTasks: true, proxy: URL + "/datadog" });
           globalThis.report = (name) => datadogRum.addAction(name);`,
    identity: /"action":\\{[^}]*?"id":"([^"]+)"/,
  },
  {
    title: "Sentry",
    packages: { "@sentry/browser": "11.12.0" },
    code: `import * as Sentry from "@sentry/browser";
           Sentry.init({ dsn: "https://k@o.example/1", tunnel: URL + "/sentry" });
           globalThis.report = (name) => Sentry.captureMessage(name);`,
    identity: /"event_id":"([0-9a-f]{32})"/,
  },
  {
    title: "PostHog",
    packages: { "posthog-js": "1.434.18" },
    code: `import posthog from "posthog-js";
           posthog.init("key", { api_host: URL, capture_pageview: "history_change" });
           globalThis.report = (name) => posthog.capture(name);`,
    identity: /"uuid":"([0-9a-f-]{36})"/,
  },
  {
    // It measures page loads; `responseEnd` is its call for what a page does later.
    title: "boomerang",
    packages: { boomerangjs: "1.815.1" },
    files: ["boomerang.js", "plugins/rt.js", "plugins/navtiming.js"],
    code: `BOOMR.init({ beacon_url: URL + "/boomerang" });
           globalThis.report = (name) => BOOMR.responseEnd(name, BOOMR.now() - 1);`,
    identity: /[?&]pid=([^&]+)/,
  },
];
