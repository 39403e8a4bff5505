/** Reports of the browser itself, from a real page whose policy is violated to the exposition. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector } from "@rumkit/server";
import { afterEach, describe, expect, test, vi } from "vitest";
import { changes, scrape } from "../support/scrape.ts";
import { createCertificate } from "../support/certificate.ts";
import { launchChromium } from "../support/chromium.ts";
import { startFirefox } from "../support/engines/firefox.ts";

const catalog = defineCatalog({ app: "reports", routes: ["/product/:id"] });

/** Closed in reverse when a test is over. */
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

async function listen(listener: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A page of another origin than the collector, which wants an image and a script that it may not have. */
async function startPage(
  headers: (collector: string) => Record<string, string>,
  tls?: { key: string; cert: string },
) {
  let collectorOrigin = "";
  const pages = await listen((_request, response) => {
    response.writeHead(200, { "content-type": "text/html", ...headers(collectorOrigin) });
    response.end(
      `<!doctype html><link rel=icon href=data:,><img src="https://ads.example/pixel?secret"><script>1</script>`,
    );
  }, tls);
  const requests: string[] = [];
  const collector: Collector<typeof catalog> = createCollector({
    catalog,
    runtimeMetrics: false,
    allowedOrigins: [pages],
  });
  const listener = collector.nodeListener();
  collectorOrigin = await listen((request, response) => {
    requests.push(`${request.method} ${request.headers["content-type"] ?? ""}`.trim());
    listener(request, response);
  }, tls);
  opened.push(collector.stop);
  return { url: `${pages}/product/7?secret#secret`, collector, requests };
}

/** Waits for both reports, and returns what they changed. */
async function counted({ app }: Collector<typeof catalog>): Promise<Record<string, number>> {
  return vi.waitFor(
    async () => {
      const changed = changes(new Map(), await scrape(app), /^rum_reports_/);
      expect(Object.keys(changed).length).toBeGreaterThanOrEqual(2);
      return changed;
    },
    { interval: 100, timeout: 100_000 },
  );
}

const series = (directive: string, disposition: string): string =>
  `rum_reports_total{type="csp-violation",route="/product/:id",directive="${directive}",disposition="${disposition}"}`;
const BLOCKED = { [series("img-src", "enforce")]: 1, [series("script-src-elem", "enforce")]: 1 };

const reportUri = (collector: string) => ({
  "content-security-policy": `default-src 'self'; img-src 'self' data:; report-uri ${collector}/reports`,
});

describe("Chromium", () => {
  test("sends application/reports+json to a named endpoint of another origin, after a preflight", async () => {
    const certificate = createCertificate();
    const { url, collector, requests } = await startPage(
      (to) => ({
        "reporting-endpoints": `rum="${to}/reports"`,
        "content-security-policy": "default-src 'self'; img-src 'self' data:; report-to rum",
        "content-security-policy-report-only": "style-src 'self'",
      }),
      certificate,
    );
    const browser = await launchChromium({
      args: ["--short-reporting-delay", `--ignore-certificate-errors-spki-list=${certificate.fingerprint}`],
    });
    opened.push(() => browser.close());
    await (await browser.newPage()).goto(url);
    expect(await counted(collector)).toEqual(BLOCKED);
    expect(requests[0]).toBe("OPTIONS");
    expect(new Set(requests)).toEqual(new Set(["OPTIONS", "POST application/reports+json"]));
  });

  test("sends application/csp-report to a report-uri of another origin", async () => {
    const { url, collector, requests } = await startPage(reportUri);
    const browser = await launchChromium();
    opened.push(() => browser.close());
    await (await browser.newPage()).goto(url);
    expect(await counted(collector)).toEqual(BLOCKED);
    expect(new Set(requests)).toEqual(new Set(["POST application/csp-report"]));
  });
});

describe.skipIf(process.env["LEFT_OUT_ENGINES"]?.includes("Firefox"))("Firefox", () => {
  test("sends application/csp-report to a report-uri of another origin", async () => {
    const { url, collector, requests } = await startPage(reportUri);
    const firefox = await startFirefox();
    opened.push(() => firefox.quit());
    await firefox.open(url);
    expect(await counted(collector)).toEqual(BLOCKED);
    expect(new Set(requests)).toEqual(new Set(["POST application/csp-report"]));
  });
});
