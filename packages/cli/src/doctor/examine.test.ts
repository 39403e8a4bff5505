import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createCertificate } from "../../../../test/support/certificate.ts";
import { listen } from "../../../../test/support/listen.ts";
import { main } from "../commands/main.ts";
import type { Check } from "./check.ts";
import { examine } from "./examine.ts";
import type { Probe } from "./probe.ts";
import { checkTag, TAG_ATTRIBUTES } from "./tagChecks.ts";
import { type CollectorOptions, createCollector, openSqliteJournal, serveCollector } from "@rumkit/server";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const SHOP = "https://shop.example";
const KEY = "pk_0123456789abcdef";
const TOKEN = "a-token-for-metrics-alone";

type Options = Partial<CollectorOptions<typeof catalog>>;

async function start(options: Options = {}): Promise<string> {
  const collector = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [SHOP], ...options });
  const origin = await listen(serveCollector({ collector }));
  onTestFinished(() => collector.stop());
  return origin;
}

/** A proxy that changes requests or answers. */
async function startProxy(
  target: string,
  change: {
    path?: string;
    set?: Record<string, string>;
    drop?: string[];
    request?: Record<string, string>;
    /** Headers that the collector does not get. */
    hide?: string[];
    /** Answers that replace the collector's, by path. */
    before?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const proxy = createServer((incoming: IncomingMessage, outgoing) => {
    const path = incoming.url!.replace(change.path ?? "", "");
    const sent = { ...incoming.headers, ...change.request };
    for (const name of change.hide ?? []) delete sent[name];
    const asked = request(target + path, { method: incoming.method, headers: sent }, (answer) => {
      const headers = { ...answer.headers, ...change.set };
      for (const name of change.drop ?? []) delete headers[name];
      const text = change.before?.[path];
      if (text !== undefined) delete headers["content-length"];
      outgoing.writeHead(answer.statusCode!, headers);
      if (text !== undefined) outgoing.write(text);
      answer.pipe(outgoing);
    });
    incoming.pipe(asked);
  });
  return (await listen(proxy.listen(0, "127.0.0.1"))) + (change.path ?? "");
}

async function checksOf(root: string, probe: Partial<Probe> = {}): Promise<Record<string, Check>> {
  const checks = await examine({
    root,
    apiPath: "/api/rumkit",
    origin: SHOP,
    isOriginAssumed: false,
    page: undefined,
    key: undefined,
    token: undefined,
    now: Date.now,
    ...probe,
  });
  for (const { message, advice, status } of checks) {
    expect(message).toMatch(/[.…]$/);
    // What is not right comes with what to do.
    if (status !== "ok") expect(advice).toMatch(/[.?]$/);
  }
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

/** Runs the command, and reads what it prints. */
async function rumkit(args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
  const code = await main(args);
  write.mockRestore();
  return { code, output };
}

/** One fault, found by its check; everything else is as in a collector that is well. */
async function expectOnly(
  checks: Record<string, Check>,
  name: string,
  status: Check["status"],
  message: RegExp,
) {
  expect(checks[name]).toMatchObject({ status, message: expect.stringMatching(message) as string });
  const others = Object.values(checks).filter((check) => check.name !== name && check.name !== "journal");
  expect(others.filter((check) => check.status !== "ok")).toEqual([]);
}

test("a collector that is well, but without a journal on a disk", async () => {
  const checks = await checksOf(await start());
  await expectOnly(checks, "journal", "warn", /begin at 0 after a restart/);
  expect(Object.keys(checks).toSorted()).toEqual(
    [
      "blockers",
      "bots",
      "cardinality",
      "clock",
      "environment",
      "journal",
      "key",
      "origin",
      "proxy",
      "script",
      "version",
    ].toSorted(),
  );
});

test("nothing is counted by it", async () => {
  const root = await start();
  const read = async () =>
    (await (await fetch(`${root}/metrics`)).text()).match(/^rum_events_received_total .*$/m)?.[0];
  const before = await read();
  await checksOf(root);
  expect(await read()).toBe(before);
});

test("an origin that is not listed", async () => {
  const root = await start();
  await expectOnly(
    await checksOf(root, { origin: "https://www.example" }),
    "origin",
    "fail",
    /Pages of https:\/\/www.example may not report here/,
  );
});

test("a development server that is not listed, and may report through its proxy", async () => {
  const root = await start();
  await expectOnly(
    await checksOf(root, { origin: "http://localhost:5173" }),
    "origin",
    "warn",
    /Pages of http:\/\/localhost:5173 may report only through a proxy of their development server/,
  );
  const closed = await start({ access: { open: ["collect", "metrics", "live"] } });
  await expectOnly(
    await checksOf(closed, { origin: "http://localhost:5173" }),
    "origin",
    "fail",
    /may not report here/,
  );
});

test("an origin that was not named is not a fault of a collector for pages of another", async () => {
  // `rumkit serve` has no pages, so it accepts none from its own origin.
  const root = await start({ access: { open: ["collect", "metrics", "live"] } });
  const own = { origin: root, isOriginAssumed: true };
  await expectOnly(await checksOf(root, own), "origin", "warn", /Only pages of other origins may report/);
  await expectOnly(await checksOf(root, { ...own, isOriginAssumed: false }), "origin", "fail", /may not/);
  const mounted = await start();
  await expectOnly(await checksOf(mounted, { ...own, origin: mounted }), "origin", "ok", /may report/);
});

test("a write key that is missing or wrong", async () => {
  const root = await start({ access: { writeKeys: [{ name: "web", key: KEY }], open: ["metrics"] } });
  expect((await checksOf(root))["key"]).toMatchObject({
    status: "fail",
    message: expect.stringContaining("no key") as string,
  });
  expect((await checksOf(root, { key: "pk_fedcba9876543210" }))["key"]).toMatchObject({ status: "fail" });
  await expectOnly(await checksOf(root, { key: KEY }), "key", "ok", /opens/);
});

test("figures that need a token", async () => {
  const tokens = [{ name: "prometheus", secret: TOKEN, scopes: ["metrics" as const] }];
  const root = await start({ access: { writeKeys: [{ name: "web", key: KEY }], tokens } });
  const without = await checksOf(root, { key: KEY });
  expect([without["bots"]?.status, without["cardinality"]?.status]).toEqual(["warn", "warn"]);
  await expectOnly(await checksOf(root, { key: KEY, token: TOKEN }), "bots", "ok", /0 events/);
});

test("visitors that are all bots", async () => {
  const root = await start();
  const events = [{ type: "page_view", route: "/" }];
  const body = JSON.stringify({ v: 1, id: "a".repeat(32), session: "b".repeat(32), sentAt: 1, events });
  const headers = { origin: SHOP, "user-agent": "HeadlessChrome/142.0" };
  await fetch(`${root}/collect`, { method: "POST", headers, body });
  await expectOnly(await checksOf(root), "bots", "warn", /1 events counted as bots', and 0/);
});

test("a path that blockers list", async () => {
  const root = await startProxy(await start(), { path: "/api" });
  await expectOnly(await checksOf(root), "blockers", "warn", /EasyPrivacy blocks \/api\/collect/);
});

test("a proxy that is not trusted, one that is, and headers that are trusted without one", async () => {
  const untrusted = await startProxy(await start(), { set: { via: "1.1 edge" } });
  await expectOnly(await checksOf(untrusted), "proxy", "warn", /does not trust its X-Forwarded headers/);
  const trusting = await start({ trustedProxies: ["127.0.0.1"] });
  await expectOnly(
    await checksOf(await startProxy(trusting, { set: { via: "1.1 edge" } })),
    "proxy",
    "ok",
    /trusts/,
  );
  await expectOnly(await checksOf(trusting), "proxy", "warn", /No proxy was found/);
});

test("a proxy that takes CORS headers away", async () => {
  const root = await startProxy(await start(), { drop: ["access-control-allow-origin"] });
  expect((await checksOf(root))["origin"]).toMatchObject({
    status: "warn",
    message: expect.stringContaining("missing") as string,
  });
});

test("a proxy that takes the origin away", async () => {
  const proxy = await startProxy(await start(), { hide: ["origin"] });
  const { origin } = await checksOf(proxy);
  expect(origin).toMatchObject({
    status: "fail",
    message: "The header Origin does not reach the collector, so it cannot tell pages from other senders.",
    advice: "A proxy in front removes it: let Origin pass, and the Access-Control headers of answers.",
  });
});

test("a login, a proxy without the collector, and a certificate that is not known, each with what to do", async () => {
  const answer = async (status: number, headers: Record<string, string> = {}) => {
    const server = createServer((_, response) => response.writeHead(status, headers).end());
    return (await checksOf(await listen(server.listen(0, "127.0.0.1"))))["reachable"];
  };
  expect(await answer(302, { location: "/login" })).toMatchObject({
    message: expect.stringMatching(/\/healthz redirects to \/login\.$/) as string,
    advice: expect.stringContaining("A login") as string,
  });
  expect(await answer(502)).toMatchObject({ advice: expect.stringContaining("A proxy answers") as string });
  const { key, cert } = createCertificate();
  const secure = createSecureServer({ key, cert }, (_, response) => response.end());
  const root = (await listen(secure.listen(0, "127.0.0.1"))).replace("http:", "https:");
  expect((await checksOf(root))["reachable"]).toMatchObject({
    status: "fail",
    advice: expect.stringContaining("NODE_EXTRA_CA_CERTS") as string,
  });
});

test("the address of the live page is that of its collector", async () => {
  const root = await start();
  const { output } = await rumkit(["doctor", "--url", `${root}/realtime/`, "--origin", SHOP, "--json"]);
  expect(JSON.parse(output)).toMatchObject({ url: root });
});

test("a file for pages that a proxy neither caches nor compresses, or of another version", async () => {
  const root = await start();
  const bare = await startProxy(root, {
    drop: ["etag", "cache-control"],
    request: { "accept-encoding": "identity" },
  });
  await expectOnly(await checksOf(bare), "script", "warn", /without etag, cache-control, content-encoding/);
});

test("a collector that serves the client of another version", async () => {
  const root = await startProxy(await start(), {
    request: { "accept-encoding": "identity" },
    set: { "content-encoding": "identity" },
    before: { "/rum.js": "/* 0.0.1 */" },
  });
  await expectOnly(
    await checksOf(root),
    "version",
    "warn",
    /serves a different version of the page's client/,
  );
});

test.each([
  ["to a reader with a token", TOKEN, /cannot write: \w+\./],
  ["to all others", undefined, /cannot write\./],
])("a journal that fails: %s", async (_whom, token, message) => {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-doctor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const journal = await openSqliteJournal({ path: join(folder, "rumkit.journal") });
  const tokens = [{ name: "prometheus", secret: TOKEN, scopes: ["metrics" as const] }];
  const root = await start({ journal, access: { open: ["collect"], tokens } });
  await rm(folder, { recursive: true });
  const ready = async (): Promise<number> => (await fetch(`${root}/readyz`)).status;
  await expect.poll(ready).toBe(503);
  const checks = await checksOf(root, { token });
  expect(checks["journal"]).toMatchObject({
    status: "fail",
    message: expect.stringMatching(message) as string,
  });
  // One fault is reported once.
  expect(checks["ready"]).toBeUndefined();
});

test("the journal of a collector whose metrics are closed is reported all the same", async () => {
  const root = await start({
    access: { open: ["collect"], tokens: [{ name: "me", secret: TOKEN, scopes: ["metrics"] }] },
  });
  expect((await checksOf(root))["journal"]).toMatchObject({
    status: "warn",
    message: expect.stringContaining("begin at 0 after a restart") as string,
  });
});

test("a proxy that answers /readyz itself", async () => {
  const root = await startProxy(await start(), { before: { "/readyz": "ready" } });
  expect((await checksOf(root))["journal"]?.message).toBe("/readyz does not mention the journal.");
});

test("clocks that are apart", async () => {
  const root = await start();
  await expectOnly(
    await checksOf(root, { now: () => Date.now() + 60_000 }),
    "clock",
    "warn",
    // A busy machine answers late.
    /(?:59|[6-9]\d|\d{3}) s apart/,
  );
  await expectOnly(await checksOf(root, { now: () => Date.now() - 600_000 }), "clock", "fail", /s apart/);
});

test("series near their limit", async () => {
  const root = await start({ seriesBudget: { perMetric: 5 } });
  const events = Array.from({ length: 8 }, (_, index) => ({
    type: "click",
    route: "/",
    name: `button_${index}`,
  }));
  const body = JSON.stringify({ v: 1, id: "a".repeat(32), session: "b".repeat(32), sentAt: 1, events });
  const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
  await fetch(`${root}/collect`, { method: "POST", headers: { origin: SHOP, "user-agent": agent }, body });
  await expectOnly(await checksOf(root), "cardinality", "warn", /rum_clicks_total \(\d of 5\)/);
});

test("a disk that is nearly full, and a journal that is durable", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-doctor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const journal = await openSqliteJournal({ path: join(folder, "rumkit.journal") });
  // More than any disk has.
  const checks = await checksOf(await start({ journal, readiness: { freeBytes: Number.MAX_SAFE_INTEGER } }));
  expect(checks["journal"]?.status).toBe("ok");
  await expectOnly(checks, "disk", "fail", /The disk of the journal has \d+ MB left/);
});

test("a collector that is about to stop", async () => {
  const collector = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [SHOP] });
  const root = await listen(serveCollector({ collector }));
  onTestFinished(() => collector.stop());
  collector.drain();
  await expectOnly(await checksOf(root), "ready", "fail", /draining/);
});

test("what is not a collector, and what does not answer", async () => {
  const other = await listen(
    createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1"),
  );
  expect(await checksOf(other)).toMatchObject({ reachable: { status: "fail" } });
  const gone = createServer().listen(0, "127.0.0.1");
  const root = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  expect((await checksOf(root))["reachable"]?.message).toMatch(/does not answer: .*ECONNREFUSED/);
  const nowhere = (await checksOf("http://rum.invalid"))["reachable"];
  expect(nowhere).toMatchObject({
    status: "fail",
    message: expect.stringMatching(/rum.invalid does not answer: ./) as string,
  });
  const port = Number(new URL(root).port);
  const { code, output } = await rumkit(["doctor", "--url", `http://127.0.0.1:${port}`, "--json"]);
  expect([code, JSON.parse(output)]).toMatchObject([1, { checks: [{ name: "reachable", status: "fail" }] }]);
});

test("no log of a collector mentions the origins that are tried", async () => {
  const lines: unknown[] = [];
  const log = {
    debug: () => {},
    info: () => {},
    warn: (line: unknown) => void lines.push(line),
    error: (line: unknown) => void lines.push(line),
  };
  const environments = ["development", "production"] as const;
  for (const environment of environments) await checksOf(await start({ log, environment }));
  expect(lines).toEqual([]);
});

describe("the script tag of a page", () => {
  /** The checks of a page with this HTML. */
  async function tagChecksOf(html: string): Promise<string[][]> {
    const page = await listen(createServer((_, answer) => answer.end(html)).listen(0, "127.0.0.1"));
    const checks = await checkTag(`${page}/`);
    return checks.map(({ status, message, advice }) => [
      status,
      message.replaceAll(`${page}/`, "PAGE"),
      ...(advice === undefined ? [] : ([advice] as const)),
    ]);
  }
  const tag = (attributes: string): string => `<html><script src="/rum.js" ${attributes} defer></script>`;

  test.each<[what: string, attributes: string, message: string, advice: string]>([
    [
      "misspelt",
      'data-realease="1"',
      "The tag has data-realease, which it does not read.",
      "Did you mean data-release?",
    ],
    [
      "in camel case",
      'data-sampleRate="0.1"',
      "The tag has data-samplerate, which it does not read.",
      "Did you mean data-sample-rate?",
    ],
    ["without data-", "app=shop", "The tag has app, which it does not read.", "Write data-app."],
    [
      "of an unknown word",
      "data-consent='maybe'",
      'data-consent is "maybe".',
      "Write granted, denied or unknown.",
    ],
    [
      "of a percentage",
      'data-sample-rate="10%"',
      'data-sample-rate is "10%".',
      "Write a number from 0 to 1.",
    ],
    ["that is empty", 'data-app=""', 'data-app is "".', "Write the app of the catalog."],
  ])("has an attribute %s", async (_what, attributes, message, advice) => {
    expect(await tagChecksOf(tag(attributes))).toEqual([["warn", message, advice]]);
  });

  test("is well with every known attribute and those of others", async () => {
    const attributes = `data-app="shop" data-key="pk_1" data-sample-rate="0.25" data-debug data-start="false"
      data-consent="unknown" nonce="a>b" data-cfasync="false" integrity="sha384-x" crossorigin`;
    expect(await tagChecksOf(tag(attributes))).toEqual([
      ["ok", "Every attribute of the tag of PAGE is known."],
    ]);
    expect(await tagChecksOf("<p><!-- <script src=/rum.js data-ap=x></script> -->")).toEqual([
      ["ok", expect.stringContaining("has no tag of /rum.js") as string],
    ]);
  });

  test("is found by its pinned name and its mark, and is one", async () => {
    const two =
      '<script src="https://rum.example/rum-AbC_1.js" data-ap="x"></script><script data-rumkit data-ulr="/c"></script>';
    expect((await tagChecksOf(two)).map(([, message]) => message)).toEqual([
      "The tag has data-ap, which it does not read.",
      "The tag has data-ulr, which it does not read.",
      "PAGE has 2 tags.",
    ]);
  });

  test("cannot be checked where the page does not answer", async () => {
    expect(await checkTag("http://127.0.0.1:1/")).toMatchObject([{ status: "warn", name: "tag" }]);
  });

  test("has the attributes that the page's client reads", async () => {
    const source = join(import.meta.dirname, "../../../browser/src/start/scriptTag.ts");
    const lists = (await readFile(source, "utf8")).matchAll(/const \{ ([\w, ]+) \} = dataset;/g);
    const read = [...lists].flatMap(([, names]) => names!.split(", "));
    const written = read.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    expect([...written, "rumkit"].toSorted()).toEqual(Object.keys(TAG_ATTRIBUTES).toSorted());
  });
});
