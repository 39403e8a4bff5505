import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash, createHmac, scryptSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog, type LiveLink } from "@rumkit/protocol";
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { ClientOptions } from "ws";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { openStreamClient } from "../../../../test/support/streamClient.ts";
import type { CollectorOptions } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveCollector } from "../collector/serveCollector.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import { operations } from "../openapi/operations.ts";
import { DEFAULT_BASE_PATHS, resolvePath } from "../part/basePaths.ts";
import { createEndedLinks } from "./endedLinks.ts";

const live = "a-token-of-scope-live-1";
const admin = "a-token-of-scope-admin";
const metrics = "a-token-of-scope-metrics";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
type Options = Partial<CollectorOptions<typeof catalog>>;

const access = {
  open: ["collect"],
  tokens: [
    { name: "board", secret: live, scopes: ["live"] },
    // By its digest: a key of links takes 0.2 s of CPU where it is derived from the secret.
    { name: "operator", sha256: sha256(admin), scopes: ["admin"] },
    { name: "scraper", secret: metrics, scopes: ["metrics"] },
  ],
} as const;

function start(options: Options = {}) {
  const collector = createCollector({ catalog, runtimeMetrics: false, access, ...options });
  onTestFinished(() => collector.stop());
  return collector;
}

const NOW = Date.UTC(2026, 10, 27, 12, 0, 0, 500);
const DAY = 86_400_000;
// Before any collector is created, which keeps the clock that it finds.
vi.useFakeTimers({ toFake: ["Date"], now: NOW });
beforeEach(() => void vi.setSystemTime(NOW));
afterAll(() => void vi.useRealTimers());

/** Deriving the keys of secrets is slow on purpose, so tests that change nothing share a collector. */
const shared = createCollector({
  catalog,
  runtimeMetrics: false,
  access,
  allowedOrigins: ["https://shop.example"],
  sourceMaps: { directory: mkdtempSync(join(tmpdir(), "rumkit-maps-")) },
});
afterAll(() => shared.stop());

/** Samples of the exposition, read with a token. */
const samplesOf = ({ app }: Started) =>
  scrape({ request: (path) => app.request(path, { headers: bearer(metrics) }) });

type Started = Pick<ReturnType<typeof start>, "app">;

async function share({ app }: Started, token: string | undefined = live, query = ""): Promise<LiveLink> {
  const answer = await app.request(`/api/rumkit/share${query}`, {
    method: "POST",
    headers: token === "" ? {} : bearer(token),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as LiveLink;
}

/** Status, and the code of a refusal. */
async function read(
  { app }: Started,
  token: string,
  path = "/realtime/errors",
): Promise<[number, string | undefined]> {
  const answer = await app.request(path, { headers: bearer(token) });
  const { status } = answer;
  if (status < 400) return [status, undefined];
  return [status, ((await answer.json()) as { error: { code: string } }).error.code];
}

describe("a link", () => {
  test("is valid for a day, and opens what the live page reads", async () => {
    const collector = shared;
    const { token, url, endsAt } = await share(collector);
    expect(endsAt).toBe(Date.UTC(2026, 10, 28, 12));
    expect(url).toBe(`../../realtime#token=${token}`);
    expect(await read(collector, token)).toEqual([200, undefined]);
    expect(await read(collector, token, "/realtime/errors/")).toEqual([200, undefined]);
    expect(await read(collector, token, "/realtime/history?metrics=errors")).toEqual([200, undefined]);
    expect(await read(collector, token, "/realtime/durations")).toEqual([200, undefined]);
    const stream = await collector.app.request("/realtime/metrics", { headers: bearer(token) });
    expect([stream.status, stream.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    await stream.body!.cancel();
    vi.setSystemTime(endsAt - 1);
    expect(await read(collector, token)).toEqual([200, undefined]);
    vi.setSystemTime(endsAt);
    expect(await read(collector, token)).toEqual([401, "link_ended"]);
    const ended = await collector.app.request("/realtime/metrics", { headers: bearer(token) });
    expect([ended.status, ended.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="rumkit"']);
    expect(await ended.json()).toMatchObject({
      error: { message: "This link ended on 2026-11-28T12:00:00.000Z. Ask for a new one." },
    });
  });

  test.each(["/realtime/share", "/realtime/share/", "/api/rumkit/share", "/api/rumkit/share/"])(
    "that %s makes leads to the page, under every prefix",
    async (path) => {
      const collector = shared;
      const answer = await collector.app.request(path, { method: "POST", headers: bearer(admin) });
      const { url, token } = (await answer.json()) as LiveLink;
      expect(answer.headers.get("cache-control")).toBe("no-store");
      for (const prefix of ["", "/metrics-app", "/a/b"])
        expect(new URL(url, `https://rum.example${prefix}${path}`).href).toBe(
          `https://rum.example${prefix}/realtime#token=${token}`,
        );
    },
  );

  test("leads to a live page at another path", async () => {
    const { app } = start({ livePath: "/rumkit/live", apiPath: "/rumkit/api" });
    for (const path of ["/rumkit/api/share", "/rumkit/live/share/"]) {
      const answer = await app.request(path, { method: "POST", headers: bearer(live) });
      const { url } = (await answer.json()) as LiveLink;
      const { pathname } = new URL(url, `https://rum.example/x${path}`);
      expect(pathname).toBe("/x/rumkit/live");
    }
  });

  test.each<[query: string, seconds: number | undefined]>([
    ["?seconds=60", 60],
    ["?seconds=2592000", 2_592_000],
    ["?other=1", 86_400],
    ["?seconds=59", undefined],
    ["?seconds=2592001", undefined],
    ["?seconds=", undefined],
    ["?seconds=-1", undefined],
    ["?seconds=1e3", undefined],
    ["?seconds=99999999999999999999", undefined],
    ["?seconds=3600.5", undefined],
    ["?seconds=3600&seconds=60", undefined],
    ["?seconds=٣٦٠٠", undefined],
  ])("%s: its life is %s seconds, between a minute and 30 days", async (query, seconds) => {
    const { app } = shared;
    const answer = await app.request(`/realtime/share${query}`, { method: "POST", headers: bearer(live) });
    if (seconds === undefined) {
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "bad_query" } }]);
    } else {
      const { endsAt } = (await answer.json()) as LiveLink;
      expect(endsAt).toBe(Math.floor(NOW / 1000) * 1000 + 1000 * seconds);
    }
  });

  test("is made only by readers of the live page", async () => {
    const { app } = shared;
    const made = async (headers: Record<string, string>) =>
      (await app.request("/realtime/share", { method: "POST", headers })).status;
    expect(await made(bearer(live))).toBe(201);
    expect(await made(bearer(admin))).toBe(201);
    expect(await made(bearer(metrics))).toBe(403);
    expect(await made(bearer("a-token-that-is-not-one"))).toBe(401);
    expect(await made({})).toBe(401);
    for (const method of ["GET", "PUT", "DELETE"])
      expect((await app.request("/realtime/share", { method, headers: bearer(live) })).status).toBe(405);
  });
});

/** The route, and the headers of its link, against the same request without a token. */
test("a link opens nothing else, and changes no other answer", async () => {
  const collector = shared;
  const { token } = await share(collector);
  const opened = new Set([
    "/metrics",
    "/history",
    "/durations",
    "/vitals",
    "/errors",
    "/alerts",
    "/alerts/:episode/values",
    "/audit",
    "/receivers/:name/notices/:id",
  ]);
  const swept: string[] = [];
  for (const operation of operations) {
    const path = resolvePath(operation, DEFAULT_BASE_PATHS).replace(/:(\w+)/g, "x");
    const method = operation.method.toUpperCase();
    if (operation.under === "live" && opened.has(operation.path)) continue;
    // Files and pages that everyone may read have nothing to open.
    if (path === "/metrics/stream" || (!operation.access && !path.endsWith("z"))) continue;
    const ask = async (headers: Record<string, string>) => {
      const answer = await collector.app.request(path, { method, headers });
      return { status: answer.status, text: await answer.text() };
    };
    const withLink = await ask(bearer(token));
    if (operation.access === "token") {
      expect([method, path, withLink.status, JSON.parse(withLink.text)]).toMatchObject([
        method,
        path,
        403,
        { error: { code: "bad_scope", message: "A read-only link opens only the live page." } },
      ]);
      swept.push(`${method} ${path}`);
    } else expect([method, path, withLink.status]).toEqual([method, path, (await ask({})).status]);
  }
  expect(swept).toEqual(
    expect.arrayContaining([
      "GET /metrics",
      "POST /realtime/share",
      "POST /api/rumkit/share",
      "POST /realtime/share/end",
      "POST /api/rumkit/share/end",
      "GET /api/rumkit/errors",
      "GET /api/rumkit/alerts",
      "GET /api/rumkit/audit",
      "POST /realtime/silences",
      "POST /realtime/alerts/x/acknowledge",
      "POST /realtime/actions/x/approve",
      "POST /realtime/receivers/x/test",
      "GET /api/rumkit/catalog",
      "GET /api/rumkit/cardinality",
      "PUT /api/rumkit/sourcemaps/x/x",
    ]),
  );
  // A link shows no numbers at /readyz either.
  const ready = await (await collector.app.request("/readyz", { headers: bearer(token) })).text();
  expect(ready).not.toContain("used");
});

describe("a token that is not one", () => {
  const forge = (token: string): [name: string, forged: string][] => {
    const [, end = "", id = "", code = ""] = token.split(".");
    const mac = `${id}.${code}`;
    const later = String(Number(end) + 1);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // The last letter has two bits that no byte needs, so three other letters decode to the same bytes.
    const last = letters.indexOf(mac.at(-1)!);
    const same = [1, 2, 3].map((bits) => letters[(last & ~3) | ((last & 3) ^ bits)]!);
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    return [
      ["a later end", `rkl1.${later}.${mac}`],
      ["an end with a zero in front", `rkl1.0${end}.${mac}`],
      ["an end in hexadecimal", `rkl1.0x${Number(end).toString(16)}.${mac}`],
      ["an end of other digits", `rkl1.${end.replace("1", "١")}.${mac}`],
      ["no end", `rkl1..${mac}`],
      ["an infinite end", `rkl1.Infinity.${mac}`],
      ["a negative end", `rkl1.-${end}.${mac}`],
      ["an exponent", `rkl1.${end}e9.${mac}`],
      ["no MAC", `rkl1.${end}.${id}.`],
      ["no MAC and no dot", `rkl1.${end}.${id}`],
      ["no id and no MAC", `rkl1.${end}`],
      ["a MAC without its id", `rkl1.${end}.${code}`],
      ["another id", `rkl1.${end}.AAAAAAAAAAA.${code}`],
      ["two ids", `rkl1.${end}.${id}.${id}.${code}`],
      ["a MAC of nothing", `rkl1.${end}.${"A".repeat(43)}`],
      ["a short MAC", `rkl1.${end}.${mac.slice(0, -1)}`],
      ["a long MAC", `rkl1.${end}.${mac}A`],
      ["a MAC with padding", `rkl1.${end}.${mac}=`],
      ["a MAC in the other alphabet", `rkl1.${end}.${mac.slice(0, -1)}+`],
      ...same.map((letter): [string, string] => [
        `a last letter of the same bytes, ${letter}`,
        `rkl1.${end}.${mac.slice(0, -1)}${letter}`,
      ]),
      ["another case", `rkl1.${end}.${mac.toLowerCase()}`],
      ["another version", `rkl2.${end}.${mac}`],
      ["a plain digest", `rkl1.${end}.${createHash("sha256").update(`rkl1.${end}`).digest("base64url")}`],
      ["the form of a JWT without an algorithm", `${none}.${Buffer.from("{}").toString("base64url")}.`],
      ["the same behind our prefix", `rkl1.${none}.${mac}`],
      ["two of them", `${token}.${token}`],
      ["a blank behind it", `${token} ${token}`],
      ["a comma behind it", `${token},${token}`],
      ["ten thousand characters", `rkl1.${end}.${"a".repeat(10_000)}`],
      ["ten thousand digits", `rkl1.${"9".repeat(10_000)}.${mac}`],
      ["a name of Object.prototype", "rkl1.__proto__.constructor"],
    ];
  };

  test("opens nothing, in the header or elsewhere", async () => {
    const collector = shared;
    const { token } = await share(collector);
    for (const [name, forged] of forge(token)) {
      // Headers have no other characters; a server of web requests throws.
      if (!/^[\x20-\x7e]*$/.test(forged)) continue;
      const answer = await read(collector, forged);
      expect([name, answer[0]]).toEqual([name, 401]);
      expect([name, answer[1]]).toEqual([
        name,
        forged.startsWith("rkl1.") && !/[ ]/.test(forged) ? "bad_link" : "bad_token",
      ]);
    }
    expect(await read(collector, token)).toEqual([200, undefined]);
  });

  test("opens no WebSocket; a valid one does, until it ends", async () => {
    const collector = shared;
    const server = serveCollector({ collector });
    const origin = await listen(server);
    const { token, endsAt } = await share(collector);
    const url = `${origin.replace("http", "ws")}/metrics/stream`;
    // As a page sends it. The types of the library do not have this option.
    const ofPage = (text: string) =>
      ({
        protocols: [`rumkit.bearer.${Buffer.from(text).toString("base64url")}`, "rumkit"],
      }) as ClientOptions;
    for (const [name, forged] of forge(token))
      await expect(openStreamClient(url, ofPage(forged)), name).rejects.toThrow("401");
    const client = await openStreamClient(url, ofPage(token));
    const second = await openStreamClient(url, { headers: bearer(token) });
    // Pages of other origins may not read with a link, even those that may report.
    await expect(
      openStreamClient(url, { headers: { ...bearer(token), origin: "https://shop.example" } }),
    ).rejects.toThrow("403");
    vi.setSystemTime(endsAt);
    await Promise.all([client.closed, second.closed]);
    await expect(openStreamClient(url, { headers: bearer(token) })).rejects.toThrow("401");
  });

  test("in a query, or in two places, is not read from there", async () => {
    const collector = shared;
    const { token } = await share(collector);
    const ask = async (query: string, headers: Record<string, string> = {}) =>
      (await collector.app.request(`/realtime/errors${query}`, { headers })).status;
    expect(await ask(`?token=${token}`)).toBe(401);
    expect(await ask(`?token=${token}&token=${token}&share=${token}&key=${token}`)).toBe(401);
    expect(await ask(`?token=${token}`, bearer("rkl1.1.x"))).toBe(401);
    expect(await ask("", { cookie: `token=${token}; rumkit=${token}` })).toBe(401);
    expect(await ask("?token=wrong", bearer(token))).toBe(200);
    const twice = new Headers(bearer(token));
    twice.append("authorization", `Bearer ${token}`);
    expect((await collector.app.request("/realtime/errors", { headers: twice })).status).toBe(401);
  });
});

describe("an open stream", () => {
  test("ends with its link, and only then", async () => {
    const collector = shared;
    const { token, endsAt } = await share(collector, live, "?seconds=60");
    const open = async (secret: string) =>
      (await collector.app.request("/realtime/metrics", { headers: bearer(secret) })).body!.getReader();
    const [ofLink, ofToken] = [await open(token), await open(live)];
    const viewers = async () => (await samplesOf(collector)).get("rum_live_clients");
    expect(await viewers()).toBe(2);
    vi.setSystemTime(endsAt);
    for (;;) if ((await ofLink.read()).done) break;
    await expect.poll(viewers).toBe(1);
    expect((await ofToken.read()).done).toBe(false);
    await ofToken.cancel();
  });
});

describe("a link that a person ends before its time", () => {
  const end = async ({ app }: Started, body: unknown, secret = live, base = "/realtime") => {
    const answer = await app.request(`${base}/share/end`, {
      method: "POST",
      headers: { "content-type": "application/json", ...bearer(secret) },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const { error } = (answer.status === 204 ? {} : await answer.json()) as { error?: { code: string } };
    return [answer.status, error?.code];
  };

  test("opens nothing any more, and the others of the same token and second go on", async () => {
    const collector = start();
    const [first, second] = [await share(collector), await share(collector)];
    expect(first.endsAt).toBe(second.endsAt);
    expect(first.token).not.toBe(second.token);
    expect(await end(collector, { token: first.token })).toEqual([204, undefined]);
    const answer = await collector.app.request("/realtime/errors", { headers: bearer(first.token) });
    expect([answer.status, await answer.json()]).toMatchObject([
      401,
      { error: { code: "link_revoked", message: "This link was ended before its time. Ask for a new one." } },
    ]);
    expect(await read(collector, second.token)).toEqual([200, undefined]);
    // A second time, also by the route for tools and by another reader, changes nothing.
    expect(await end(collector, { token: first.token }, admin, "/api/rumkit")).toEqual([204, undefined]);
  });

  test("loses its open streams within a second", async () => {
    const collector = start();
    const { token } = await share(collector);
    const other = await share(collector);
    const open = async (secret: string) =>
      (await collector.app.request("/realtime/metrics", { headers: bearer(secret) })).body!.getReader();
    const [reader, stays] = [await open(token), await open(other.token)];
    expect(await end(collector, { token })).toEqual([204, undefined]);
    for (;;) if ((await reader.read()).done) break;
    expect((await stays.read()).done).toBe(false);
    await stays.cancel();
  });

  test.each<[string, unknown, number, string]>([
    ["no token", {}, 400, "bad_body"],
    ["a list", [], 400, "bad_body"],
    ["a number", { token: 1 }, 400, "bad_body"],
    ["no JSON", "{", 400, "bad_json"],
    ["two thousand bytes", { token: "x".repeat(2_000) }, 413, "too_large"],
    ["a token of an option", { token: live }, 404, "unknown"],
    ["a forged link", { token: `rkl1.1800000000.AAAAAAAAAAA.${"A".repeat(43)}` }, 404, "unknown"],
  ])("%s is refused", async (_name, body, status, code) => {
    expect(await end(shared, body)).toEqual([status, code]);
  });

  test("cannot be ended by a link, nor by a token without the scope, nor once it is over", async () => {
    const collector = start();
    const { token, endsAt } = await share(collector);
    expect(await end(collector, { token }, token)).toEqual([403, "bad_scope"]);
    expect(await end(collector, { token }, metrics)).toEqual([403, "bad_scope"]);
    expect(await end(collector, { token }, "unknown")).toEqual([401, "bad_token"]);
    expect(await read(collector, token)).toEqual([200, undefined]);
    vi.setSystemTime(endsAt);
    expect(await end(collector, { token })).toEqual([404, "unknown"]);
  });

  test("has nothing to end where everyone may read the live page", async () => {
    expect(await end(start({ access: undefined as never }), { token: "x" })).toEqual([409, "not_protected"]);
  });

  test("stays ended after a restart, and its token is in no file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rumkit-links-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "rumkit.journal");
    const restart = async () =>
      createCollector({ catalog, runtimeMetrics: false, access, journal: await openSqliteJournal({ path }) });
    const first = await restart();
    const { token } = await share(first);
    expect(await end(first, { token })).toEqual([204, undefined]);
    await first.stop();
    for (const file of readdirSync(folder))
      expect(readFileSync(join(folder, file), "latin1")).not.toContain(token);
    const second = await restart();
    expect(await read(second, token)).toEqual([401, "link_revoked"]);
    await second.stop();
  });

  test("goes on if the journal refuses it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rumkit-links-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const journal = await openSqliteJournal({ path: join(folder, "rumkit.journal") });
    const collector = createCollector({ catalog, runtimeMetrics: false, access, journal });
    onTestFinished(() => collector.stop());
    const { token } = await share(collector);
    await journal.close();
    expect(await end(collector, { token })).toEqual([503, "not_kept"]);
    expect(await read(collector, token)).toEqual([200, undefined]);
  });
});

test("1,000 links are ended at most; those that are over make room", async () => {
  let now = NOW;
  const ended = createEndedLinks(createMemoryDocuments(), () => now);
  for (let index = 0; index < 1_000; index += 1)
    expect(await ended.add(`link ${index}`, NOW + (index === 0 ? 1_000 : DAY))).toBe("done");
  expect(await ended.add("one more", NOW + DAY)).toBe("full");
  expect(ended.has("one more")).toBe(false);
  now += 1_000;
  expect(await ended.add("one more", NOW + DAY)).toBe("done");
  expect([ended.has("one more"), ended.has("link 1"), ended.has("link 0")]).toEqual([true, true, false]);
});

test("a link of an earlier version, without an id, opens the page until its end, and can be ended", async () => {
  const collector = start({
    access: { open: ["collect"], tokens: [{ name: "board", secret: live, scopes: ["live"] }] },
  });
  const signed = `rkl1.${Math.floor(NOW / 1000) + 3_600}`;
  const key = scryptSync(live, `rumkit live link\n${catalog.app}`, 32, { N: 2 ** 14, r: 8, p: 5 });
  const token = `${signed}.${createHmac("sha256", key).update(`read the live page\n${signed}`).digest("base64url")}`;
  expect(await read(collector, token)).toEqual([200, undefined]);
  expect(
    (
      await collector.app.request("/realtime/share/end", {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(live) },
        body: JSON.stringify({ token }),
      })
    ).status,
  ).toBe(204);
  expect(await read(collector, token)).toEqual([401, "link_revoked"]);
});

describe("clocks", () => {
  test("a link is good at a collector whose clock is some minutes off", async () => {
    const { token } = await share(start(), live, "?seconds=2592000");
    vi.setSystemTime(NOW - 240_000);
    expect(await read(start(), token)).toEqual([200, undefined]);
  });

  test("a link of a collector whose clock was a year ahead does not live for a year", async () => {
    const collector = start();
    vi.setSystemTime(NOW + 365 * DAY);
    const { token } = await share(collector);
    vi.setSystemTime(NOW);
    expect(await read(collector, token)).toEqual([401, "bad_link"]);
  });
});

describe("keys", () => {
  const withTokens = (...tokens: object[]): Options =>
    ({ access: { open: ["collect"], tokens } }) as unknown as Options;
  const board = { name: "board", secret: live, scopes: ["live"] };
  const operator = { name: "operator", secret: admin, scopes: ["admin"] };

  test("of a secret outlive a restart, and are the same at another collector", async () => {
    const { token } = await share(start(withTokens(board)));
    expect(await read(start(withTokens(operator, board)), token)).toEqual([200, undefined]);
  });

  test("end with the token that made the link", async () => {
    const both = start(withTokens(board, operator));
    const ofBoard = await share(both, live);
    const ofOperator = await share(both, admin);
    const rotated = start(withTokens({ ...board, secret: `${live}-new` }, operator));
    expect(await read(rotated, ofBoard.token)).toEqual([401, "bad_link"]);
    expect(await read(rotated, ofOperator.token)).toEqual([200, undefined]);
    // A token that lost the scope makes no links, and its links end.
    const lost = start(withTokens({ ...board, scopes: ["metrics"] }, operator));
    expect(await read(lost, ofBoard.token)).toEqual([401, "bad_link"]);
  });

  test("differ between apps that share a secret", async () => {
    const { token } = await share(start());
    const other = createCollector({
      catalog: defineCatalog({ app: "blog", routes: ["/"] }),
      runtimeMetrics: false,
      access,
    });
    onTestFinished(() => other.stop());
    expect(await read(other, token)).toEqual([401, "bad_link"]);
  });

  describe("of a token with a digest alone", () => {
    const digest = { name: "board", sha256: sha256(live), scopes: ["live"] };
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "rumkit-links-"));
      const made = folder;
      onTestFinished(() => rmSync(made, { recursive: true }));
    });
    const path = () => join(folder, "rumkit.journal");
    const keyFile = () => `${path()}-linkkey`;
    const restart = async (...tokens: object[]) => {
      const journal = await openSqliteJournal({ path: path() });
      return createCollector({ catalog, runtimeMetrics: false, ...withTokens(...tokens), journal });
    };

    test("are kept beside the journal, for its owner alone, and outlive a restart", async () => {
      const first = await restart(digest);
      const { token } = await share(first);
      expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
      expect(statSync(keyFile()).size).toBe(32);
      await first.stop();
      const second = await restart(digest);
      expect(await read(second, token)).toEqual([200, undefined]);
      await second.stop();
      // The digest may be in a file that others read: it must not be enough to make a link.
      expect(await read(start(withTokens(digest)), token)).toEqual([401, "bad_link"]);
      rmSync(keyFile());
      const third = await restart(digest);
      expect(await read(third, token)).toEqual([401, "bad_link"]);
      await third.stop();
    });

    test("are not made from a file that is not a key, and the answer says so", async () => {
      writeFileSync(keyFile(), "short");
      const collector = await restart(digest);
      const warned = new Promise<string>((resolve) =>
        process.once("warning", ({ message }) => resolve(message)),
      );
      const answer = await collector.app.request("/realtime/share", {
        method: "POST",
        headers: bearer(live),
      });
      expect([answer.status, await answer.json()]).toMatchObject([500, { error: { code: "no_key" } }]);
      expect(await warned).toContain(`${keyFile()} is not a key of 32 bytes. Remove it`);
      expect(await read(collector, `rkl1.${Math.floor(NOW / 1000) + 60}.${"A".repeat(43)}`)).toEqual([
        401,
        "bad_link",
      ]);
      rmSync(keyFile());
      expect((await share(collector)).token).toMatch(/^rkl1\.\d{10}\.[\w-]{11}\.[\w-]{43}$/);
      await collector.stop();
    });

    test("are read as they are, also from a file that another process has made", async () => {
      writeFileSync(keyFile(), Buffer.alloc(32, 7));
      chmodSync(keyFile(), 0o600);
      const collector = await restart(digest);
      await share(collector);
      expect(readFileSync(keyFile())).toEqual(Buffer.alloc(32, 7));
      await collector.stop();
    });
  });
});

describe("where the live page is open", () => {
  const post = ({ app }: Started, headers: Record<string, string> = {}) =>
    app.request("/realtime/share", { method: "POST", headers });

  test.each<[string, Options]>([
    ["without access", { access: undefined as never }],
    ["to everyone", { access: { ...access, open: ["collect", "live"] } }],
  ])("%s there is nothing to protect, and the answer says so", async (_name, options) => {
    const answer = await post(start(options), bearer(live));
    expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: "not_protected" } }]);
  });

  test("under some names, a link opens it under others, and only it", async () => {
    const collector = start({ access: { open: ["collect", "live", "metrics"], hosts: ["rum.example"] } });
    const answer = await post(collector, { host: "rum.example" });
    const { token } = (await answer.json()) as LiveLink;
    const foreign = { host: "tunnel.example" };
    expect((await post(collector, foreign)).status).toBe(403);
    const status = async (path: string, headers: Record<string, string>) =>
      (await collector.app.request(path, { headers: { ...foreign, ...headers } })).status;
    expect(await status("/realtime/errors", {})).toBe(403);
    expect(await status("/realtime/errors", bearer(token))).toBe(200);
    expect(await status("/metrics", bearer(token))).toBe(403);
  });
});

test("refusals of links are counted, and links appear in no metric", async () => {
  const { token } = await share(shared);
  const before = await samplesOf(shared);
  await read(shared, `${token}x`);
  await read(shared, token);
  await read(shared, token, "/metrics");
  const after = await samplesOf(shared);
  expect(changes(before, after, /denied/)).toEqual({
    'rum_access_denied_total{scope="live"}': 1,
    'rum_access_denied_total{scope="metrics"}': 1,
  });
  expect([...after.keys()].join()).not.toContain(token.slice(0, 15));
});
