/** The peers' packages, each with the start that its documentation shows, as the code of a page. */
export interface Peer {
  readonly title: string;
  /** Packages from npm with their versions; the first is the one that the row is about. */
  readonly packages: Readonly<Record<string, string>>;
  readonly code: string;
}

/** The start that the README of `web-vitals` shows, for all five. */
export const WEB_VITALS = `
  import { onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
  const send = (metric) => navigator.sendBeacon("/collect", JSON.stringify(metric));
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(send);`;

const DATADOG = `{ applicationId: "a", clientToken: "c", site: "datadoghq.eu", service: "shop", env: "production", version: "1",
  sessionSampleRate: 100, trackUserInteractions: true, trackResources: true, trackLongTasks: true }`;

export const PEERS: readonly Peer[] = [
  {
    title: "web-vitals: five vitals and a beacon",
    packages: { "web-vitals": "6.2.3" },
    code: WEB_VITALS,
  },
  {
    title: "web-vitals/attribution: the same with causes",
    packages: { "web-vitals": "6.2.3" },
    code: `import { onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals/attribution";
           const send = (metric) => navigator.sendBeacon("/collect", JSON.stringify(metric));
           for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(send);`,
  },
  {
    title: "@elastic/apm-rum",
    packages: { "@elastic/apm-rum": "5.17.5" },
    code: 'import { init } from "@elastic/apm-rum"; init({ serviceName: "shop", serverUrl: "/apm", serviceVersion: "1" });',
  },
  {
    title: "@opentelemetry/browser-sdk: navigation, clicks, vitals, errors",
    packages: { "@opentelemetry/browser-sdk": "0.4.0", "@opentelemetry/browser-instrumentation": "0.6.0" },
    code: `import { quickStartBrowserSdk } from "@opentelemetry/browser-sdk";
           import { registerInstrumentations } from "@opentelemetry/instrumentation";
           import { ErrorsInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/errors";
           import { NavigationInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/navigation";
           import { UserActionInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/user-action";
           import { WebVitalsInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/web-vitals";
           quickStartBrowserSdk({ serviceName: "shop", exportUrl: "/otlp" });
           registerInstrumentations({ instrumentations: [new NavigationInstrumentation(), new UserActionInstrumentation(),
             new WebVitalsInstrumentation(), new ErrorsInstrumentation()] });`,
  },
  {
    title: "@grafana/faro-web-sdk",
    packages: { "@grafana/faro-web-sdk": "2.12.1" },
    code: `import { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";
           initializeFaro({ url: "/collect", app: { name: "shop" }, instrumentations: [...getWebInstrumentations()] });`,
  },
  {
    title: "posthog-js slim, page views only",
    packages: { "posthog-js": "1.434.18" },
    code: `import posthog from "posthog-js/dist/module.slim";
           posthog.init("key", { api_host: "/ph", capture_pageview: "history_change" });`,
  },
  {
    title: "posthog-js (fetches vitals and errors later)",
    packages: { "posthog-js": "1.434.18" },
    code: `import posthog from "posthog-js";
           posthog.init("key", { api_host: "/ph", capture_pageview: "history_change", autocapture: true,
                                 capture_performance: { web_vitals: true }, capture_exceptions: true });`,
  },
  {
    title: "@sentry/browser, errors only",
    packages: { "@sentry/browser": "11.12.0" },
    code: 'import * as Sentry from "@sentry/browser"; Sentry.init({ dsn: "https://k@o.example/1" });',
  },
  {
    title: "@sentry/browser with browserTracing",
    packages: { "@sentry/browser": "11.12.0" },
    code: `import * as Sentry from "@sentry/browser";
           Sentry.init({ dsn: "https://k@o.example/1", integrations: [Sentry.browserTracingIntegration()], tracesSampleRate: 1 });`,
  },
  {
    title: "@sentry/react with browserTracing and its boundary",
    packages: { "@sentry/react": "11.12.0", react: "19.3.1" },
    code: `import * as Sentry from "@sentry/react";
           Sentry.init({ dsn: "https://k@o.example/1", integrations: [Sentry.browserTracingIntegration()], tracesSampleRate: 1 });
           globalThis.react = [Sentry.ErrorBoundary, Sentry.reactErrorHandler];`,
  },
  {
    title: "@datadog/browser-rum-slim",
    packages: { "@datadog/browser-rum-slim": "7.16.0" },
    code: `import { datadogRum } from "@datadog/browser-rum-slim"; datadogRum.init(${DATADOG});`,
  },
  {
    title: "@datadog/browser-rum, no replay",
    packages: { "@datadog/browser-rum": "7.16.2" },
    code: `import { datadogRum } from "@datadog/browser-rum"; datadogRum.init(${DATADOG});`,
  },
  {
    title: "@datadog/browser-rum-react with its boundary, on browser-rum",
    packages: { "@datadog/browser-rum-react": "7.16.0", "@datadog/browser-rum": "7.16.2", react: "19.3.1" },
    code: `import { datadogRum } from "@datadog/browser-rum";
           import { addReactError, ErrorBoundary, reactPlugin } from "@datadog/browser-rum-react";
           datadogRum.init({ ...${DATADOG}, plugins: [reactPlugin({ router: false })] });
           globalThis.react = [ErrorBoundary, addReactError];`,
  },
  {
    title: "aws-rum-web",
    packages: { "aws-rum-web": "3.2.1" },
    code: 'import { AwsRum } from "aws-rum-web"; new AwsRum("id", "1", "eu-west-1", { telemetries: ["performance", "errors", "http"] });',
  },
];
