import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A program that the full test suite needs and npm does not bring. */
export interface Software {
  readonly name: string;
  /** The reason for the tests to need it. Printed before it is installed. */
  readonly reason: string;
  /** Names it. Set for the tests once it is found. */
  readonly variable: string;
  /** Its possible names on the PATH. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
  /** More folders where it may be. */
  readonly folders?: () => readonly string[];
}

export const SOFTWARE: readonly Software[] = [
  {
    name: "Chromium or Chrome",
    reason: "the tests that walk through real pages",
    variable: "CHROMIUM_PATH",
    programs: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    debianPackage: "chromium",
  },
  {
    name: "Chromium's headless shell",
    reason: "the same engine without a browser's windows, for a quarter of the CPU time of a page",
    variable: "CHROMIUM_SHELL_PATH",
    programs: ["chromium-headless-shell", "chrome-headless-shell"],
    debianPackage: "chromium-headless-shell",
  },
  {
    name: "Prometheus",
    reason: "the tests that scrape and query what is counted",
    variable: "PROMETHEUS_PATH",
    programs: ["prometheus"],
    debianPackage: "prometheus",
  },
  {
    name: "OpenSSL",
    reason: "a certificate for the tests over TLS",
    variable: "OPENSSL_PATH",
    programs: ["openssl"],
    debianPackage: "openssl",
  },
  {
    name: "promtool",
    reason: "checking rules and expressions",
    variable: "PROMTOOL_PATH",
    programs: ["promtool"],
    debianPackage: "prometheus",
  },
  {
    name: "VictoriaMetrics",
    reason: "the same queries in a second engine",
    variable: "VICTORIA_METRICS_PATH",
    programs: ["victoria-metrics", "victoria-metrics-prod"],
    debianPackage: "victoria-metrics",
  },
  {
    name: "vmalert",
    reason: "recording rules in that engine",
    variable: "VMALERT_PATH",
    programs: ["vmalert", "vmalert-prod"],
    debianPackage: "victoria-metrics",
  },
  {
    name: "amtool",
    reason: "checking the example for Alertmanager",
    variable: "AMTOOL_PATH",
    programs: ["amtool"],
    debianPackage: "prometheus-alertmanager",
  },
  {
    name: "Alertmanager",
    reason: "sending it alerts, and comparing what a busy receiver loses",
    variable: "ALERTMANAGER_PATH",
    programs: ["prometheus-alertmanager", "alertmanager"],
    debianPackage: "prometheus-alertmanager",
  },
  {
    name: "PostgreSQL's server",
    reason: "the tests of instrumented queries",
    variable: "POSTGRES_PATH",
    programs: ["postgres"],
    debianPackage: "postgresql",
    folders: debianPostgresFolders,
  },
  {
    name: "postgres_exporter",
    reason: "the panels about PostgreSQL's server",
    variable: "POSTGRES_EXPORTER_PATH",
    programs: ["prometheus-postgres-exporter", "postgres_exporter"],
    debianPackage: "prometheus-postgres-exporter",
  },
  {
    name: "MariaDB's server",
    reason: "the tests of instrumented queries of mysql2",
    variable: "MARIADB_PATH",
    programs: ["mariadbd"],
    // The program alone: the whole package takes four times the room.
    debianPackage: "mariadb-server-core",
    folders: () => ["/usr/sbin"],
  },
  {
    name: "Redis",
    reason: "the tests of instrumented caches, and of logs in Redis streams",
    variable: "REDIS_PATH",
    programs: ["redis-server"],
    debianPackage: "redis-server",
  },
  {
    name: "kcat",
    reason: "a mock cluster of Kafka, for the tests of logs in Kafka",
    variable: "KCAT_PATH",
    programs: ["kcat", "kafkacat"],
    debianPackage: "kcat",
  },
  {
    name: "NATS",
    reason: "the tests of a log that collectors share",
    variable: "NATS_PATH",
    programs: ["nats-server"],
    debianPackage: "nats-server",
    folders: () => ["/usr/sbin"],
  },
  {
    name: "nginx",
    reason: "pages behind a proxy, with Basic auth and HTTP/2",
    variable: "NGINX_PATH",
    programs: ["nginx"],
    debianPackage: "nginx-light",
    folders: () => ["/usr/sbin"],
  },
];

/** Blockers of trackers, for the tests of what they let through. They are not programs: their folders are searched for. */
export const BLOCKERS: readonly Software[] = [
  {
    name: "uBlock Origin for Chromium",
    reason: "EasyPrivacy, the list that most blockers have on",
    variable: "UBLOCK_CHROMIUM_PATH",
    programs: ["ublock-origin"],
    debianPackage: "webext-ublock-origin-chromium",
    folders: () => ["/usr/share/chromium/extensions"],
  },
  {
    name: "uBlock Origin for Firefox",
    reason: "what a blocker lets through, in Firefox",
    variable: "UBLOCK_FIREFOX_PATH",
    programs: ["uBlock0@raymondhill.net"],
    debianPackage: "webext-ublock-origin-firefox",
    folders: () => ["/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}"],
  },
];

/** No programs, but folders that Python imports: looked for where Debian puts them. */
export const PARSER: readonly Software[] = [
  {
    name: "Prometheus' client for Python",
    reason: "its parsers, the strictest ones of our expositions",
    variable: "PROMETHEUS_CLIENT_PATH",
    programs: ["prometheus_client"],
    debianPackage: "python3-prometheus-client",
    folders: () => ["/usr/lib/python3/dist-packages"],
  },
  {
    name: "WebSockets for Python",
    reason: "the client in Python that docs/realtime.md shows",
    variable: "PYTHON_WEBSOCKETS_PATH",
    programs: ["websockets"],
    debianPackage: "python3-websockets",
    folders: () => ["/usr/lib/python3/dist-packages"],
  },
];

/** Browsers other than Chromium. Each is needed by its own delivery tests alone. */
export const ENGINES: Readonly<Record<string, readonly Software[]>> = {
  Firefox: [
    {
      name: "Firefox",
      reason: "the same pages in a second engine",
      variable: "FIREFOX_PATH",
      programs: ["firefox-esr", "firefox"],
      debianPackage: "firefox-esr",
    },
  ],
  WebKit: [
    {
      name: "WebKitGTK's WebDriver",
      reason: "the same pages in a third engine",
      variable: "WEBKIT_DRIVER_PATH",
      programs: ["WebKitWebDriver"],
      debianPackage: "webkit2gtk-driver",
    },
    {
      name: "Xvfb",
      reason: "a display for the third engine",
      variable: "XVFB_PATH",
      programs: ["Xvfb"],
      debianPackage: "xvfb",
    },
  ],
};

/** Traces system calls: for the tests of the journal that look at the order of writes and syncs. */
export const TRACER: readonly Software[] = [
  {
    name: "strace",
    reason: "checking the order of the journal's writes and syncs",
    variable: "STRACE_PATH",
    programs: ["strace"],
    debianPackage: "strace",
  },
];

/** Makes the pictures of the documentation small. */
export const WEBP: readonly Software[] = [
  {
    name: "WebP's encoder",
    reason: "pictures that are small enough for a repository",
    variable: "CWEBP_PATH",
    programs: ["cwebp"],
    debianPackage: "webp",
  },
  {
    name: "WebP's encoder of animations",
    reason: "the recording of the demo",
    variable: "IMG2WEBP_PATH",
    programs: ["img2webp"],
    debianPackage: "webp",
  },
];

/** Debian keeps the server of each version in its own folder, and none of them on the PATH. */
function debianPostgresFolders(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  return readdirSync(root).map((version) => join(root, version, "bin"));
}
