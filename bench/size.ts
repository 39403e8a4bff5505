/**
 * Bytes that a page downloads, ours and the peers', with each one's documented start: `npm run bench:size`.
 *
 * Installs the peers from npm into a folder of its own outside of the repository, bundles every entry alike
 * (esbuild, minified, ES2022, production), and compresses at the highest level.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

interface Entry {
  readonly title: string;
  /** Packages with their versions; none for ours. */
  readonly packages?: Readonly<Record<string, string>>;
  readonly code: string;
}

const ENTRIES: readonly Entry[] = [
  {
    title: "@rumkit/browser: page views, clicks, five vitals, errors, typed calls",
    code: 'import { createMetrics } from "@rumkit/browser"; createMetrics();',
  },
  {
    title: "web-vitals: five vitals and a beacon",
    packages: { "web-vitals": "6.2.3" },
    code: `import { onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
           const send = (metric) => navigator.sendBeacon("/collect", JSON.stringify(metric));
           for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(send);`,
  },
  {
    title: "@elastic/apm-rum",
    packages: { "@elastic/apm-rum": "5.17.5" },
    code: 'import { init } from "@elastic/apm-rum"; init({ serviceName: "shop", serverUrl: "/apm", serviceVersion: "1" });',
  },
  {
    title: "@grafana/faro-web-sdk",
    packages: { "@grafana/faro-web-sdk": "2.12.1" },
    code: `import { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";
           initializeFaro({ url: "/collect", app: { name: "shop" }, instrumentations: [...getWebInstrumentations()] });`,
  },
  {
    title: "posthog-js, page views only",
    packages: { "posthog-js": "1.434.18" },
    code: `import posthog from "posthog-js/dist/module.slim";
           posthog.init("key", { api_host: "/ph", capture_pageview: "history_change" });`,
  },
  {
    title: "@datadog/browser-rum-slim",
    packages: { "@datadog/browser-rum-slim": "7.16.0" },
    code: `import { datadogRum } from "@datadog/browser-rum-slim";
           datadogRum.init({ applicationId: "a", clientToken: "c", site: "s", service: "shop", sessionSampleRate: 100,
                             trackUserInteractions: true, trackResources: true, trackLongTasks: true });`,
  },
  {
    title: "@sentry/browser with browserTracing",
    packages: { "@sentry/browser": "11.12.0" },
    code: `import * as Sentry from "@sentry/browser";
           Sentry.init({ dsn: "https://k@o.example/1", integrations: [Sentry.browserTracingIntegration()], tracesSampleRate: 1 });`,
  },
  {
    title: "aws-rum-web",
    packages: { "aws-rum-web": "3.2.1" },
    code: 'import { AwsRum } from "aws-rum-web"; new AwsRum("id", "1", "eu-west-1", { telemetries: ["performance", "errors", "http"] });',
  },
];

const folder = mkdtempSync(join(tmpdir(), "rumkit-size-"));
const dependencies = Object.assign({}, ...ENTRIES.map(({ packages }) => packages ?? {})) as Record<
  string,
  string
>;
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
console.log("Installing the peers …");
execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], {
  cwd: folder,
  stdio: "inherit",
});

const rows = [];
for (const { title, packages, code } of ENTRIES) {
  const result = await build({
    stdin: { contents: code, resolveDir: packages ? folder : join(import.meta.dirname, ".."), loader: "js" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
    logLevel: "error",
  });
  const bytes = result.outputFiles[0]!.contents;
  const version = Object.values(packages ?? {})[0] ?? "";
  const sizes = {
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
  rows.push({ entry: title, version, ...sizes });
}
rmSync(folder, { recursive: true });
const [ours] = rows;
console.table(rows.map((row) => ({ ...row, "× ours": Number((row.brotli / ours!.brotli).toFixed(1)) })));
