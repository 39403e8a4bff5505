import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AuditEntries,
  defineCatalog,
  type LiveAlerts,
  type LiveAlertValues,
  type LiveSilence,
} from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { type Peer, startPeer } from "../../../../test/support/receivers/peer.ts";
import { MAX_SECTION_BYTES } from "../journal/keptDocuments.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import type { CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { login: { help: "Logins.", from: "server", family: "user_logins_total" } },
  alerts: {
    logins: {
      when: { increase: "user_logins_total", over: "15s", above: 2 },
      severity: "critical",
      summary: "{value} logins.",
    },
  },
});

type Options = CollectorOptions<typeof catalog>;

const ADA = "token-of-ada-on-call";
const GRACE = "token-of-grace-on-call";
const WALL = "token-of-the-wall-screen";
const access: NonNullable<Options["access"]> = {
  open: ["collect", "metrics"],
  tokens: [
    { name: "ada", secret: ADA, scopes: ["alerts"] },
    { name: "grace", secret: GRACE, scopes: ["alerts"] },
    { name: "wall", secret: WALL, scopes: ["live"] },
  ],
};

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Long enough for a machine that does much else: a test waits for conditions, and ends with them. */
const PATIENCE = { timeout: 100_000 };

/** A collector whose logins cross their threshold when a test says so. */
function start(options: Partial<Options> = {}) {
  const collector = createCollector({ catalog, runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  const headersOf = (token: string | undefined) => (token === undefined ? {} : bearer(token));
  const get = async (path: string, token?: string): Promise<Response> =>
    collector.app.request(path, { headers: headersOf(token) });
  return {
    collector,
    get,
    post: async (path: string, body: unknown, token?: string, headers: Record<string, string> = {}) =>
      collector.app.request(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headersOf(token), ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    /** Counts logins until the alert fires. */
    fire: async (token?: string): Promise<void> => {
      const name = async (): Promise<string | undefined> => {
        for (let index = 0; index < 5; index += 1) await collector.trackAction("login");
        return ((await (await get("/api/rumkit/alerts", token)).json()) as LiveAlerts).alerts[0]?.name;
      };
      await expect.poll(name, PATIENCE).toBe("ShopLogins");
    },
    read: async (token?: string): Promise<LiveAlerts> =>
      (await (await get("/api/rumkit/alerts", token)).json()) as LiveAlerts,
    audit: async (query = "", token?: string): Promise<string[]> =>
      ((await (await get(`/api/rumkit/audit${query}`, token)).json()) as AuditEntries).entries.map(
        ({ what, who }) => `${what} by ${who}`,
      ),
  };
}

const loopback = { allowPrivateAddresses: ["127.0.0.1"] };
const chat = (peer: Peer) => ({ chat: { type: "webhook", url: `${peer.origin}/chat` } }) as const;

function rollback(peer: Peer, more: object = {}) {
  const action = {
    match: ["alertname=ShopLogins"],
    url: `${peer.origin}/rollback`,
    verifyAfter: "1s",
  } as const;
  return { rollback: { ...action, ...more } };
}

test("without options the alerts of the catalog are evaluated and shown, and no one is written to", async () => {
  const { fire, read, audit } = start();
  const before = await read();
  expect(before).toMatchObject({
    engine: "running",
    alerts: [],
    receivers: [],
    viewer: { name: null, mayAct: true },
  });
  expect(before.rules).toBeGreaterThan(10);
  await fire();
  await expect
    .poll(async () => (await read()).alerts, PATIENCE)
    .toMatchObject([
      {
        name: "ShopLogins",
        severity: "critical",
        state: "firing",
        summary: expect.stringMatching(/^shop: \d+ logins\.$/),
        threshold: 2,
        mutedBy: [],
      },
    ]);
  expect(await audit("?what=alert_fired")).toEqual(["alert_fired by collector"]);
  expect(await audit("?what=rules_changed")).toEqual(["rules_changed by collector"]);
});

test("what is counted as soon as the collector exists is an increase, too", async () => {
  const { collector, read } = start();
  for (let index = 0; index < 5; index += 1) await collector.trackAction("login");
  await expect.poll(async () => (await read()).alerts[0]?.name, PATIENCE).toBe("ShopLogins");
});

test("alerts: false evaluates nothing, and says so", async () => {
  const { read, get } = start({ alerts: false });
  expect(await read()).toMatchObject({ engine: "off", rules: 0, alerts: [] });
  expect((await get("/realtime/alerts")).status).toBe(200);
});

test("from the threshold to the receiver, the action, its approval, and that it helped", async () => {
  const peer = await startPeer();
  const heard: string[] = [];
  const { fire, read, post, audit } = start({
    alerts: {
      ...loopback,
      receivers: chat(peer),
      actions: rollback(peer),
      onAlert: ({ kind, alert }) => void heard.push(`${alert.name} ${kind}`),
    },
  });
  await fire();
  await expect.poll(() => peer.requests.map(({ path }) => path), PATIENCE).toEqual(["/chat"]);
  expect(JSON.parse(peer.requests[0]!.body)).toMatchObject({ version: "4", status: "firing" });
  await expect.poll(() => heard, PATIENCE).toEqual(["ShopLogins firing"]);
  const [action] = (await read()).actions;
  expect(action).toMatchObject({
    name: "rollback",
    alert: "ShopLogins",
    state: "awaiting_approval",
    approvalsMissing: 1,
  });
  const approved = await post(`/api/rumkit/actions/${action!.id}/approve`, {
    by: "ada",
    why: "The release is slow.",
  });
  expect(approved.status).toBe(204);
  await expect.poll(() => peer.requests.at(-1)!.path, PATIENCE).toBe("/rollback");
  const { headers, body } = peer.requests.at(-1)!;
  expect(headers["webhook-id"]).toBe(action!.id);
  expect(JSON.parse(body)).toMatchObject({
    action: "rollback",
    approvedBy: ["ada"],
    alert: { name: "ShopLogins", value: expect.any(Number), threshold: 2 },
  });
  await expect.poll(async () => (await read()).actions[0]!.helped, PATIENCE).not.toBeNull();
  await expect
    .poll(async () => (await read()).history, PATIENCE)
    .toMatchObject([{ name: "ShopLogins", state: "resolved" }]);
  await expect.poll(() => peer.requests.filter(({ path }) => path === "/chat").length, PATIENCE).toBe(2);
  expect(JSON.parse(peer.requests.findLast(({ path }) => path === "/chat")!.body)).toMatchObject({
    status: "resolved",
  });
  await expect.poll(() => heard, PATIENCE).toEqual(["ShopLogins firing", "ShopLogins resolved"]);
  // Those of the receiver, of the action and of the alert come beside each other.
  const sequences = [
    ["alert_fired by collector", "alert_resolved by collector"],
    [
      "notice_queued by collector",
      "notice_delivered by collector",
      "notice_queued by collector",
      "notice_delivered by collector",
    ],
    [
      "action_requested by collector",
      "action_approved by ada",
      "action_run by collector",
      "action_verified by collector",
    ],
  ];
  for (const sequence of sequences) {
    const named = async (): Promise<string[]> => (await audit()).filter((entry) => sequence.includes(entry));
    await expect.poll(named, PATIENCE).toEqual(sequence);
  }
});

test("two people approve with two tokens; a link and a token of the live page only read", async () => {
  const peer = await startPeer();
  const { fire, read, post, get } = start({
    access,
    alerts: { ...loopback, actions: rollback(peer, { approvals: 2 }) },
  });
  await fire(ADA);
  await expect.poll(async () => (await read(ADA)).actions.length, PATIENCE).toBe(1);
  const { id } = (await read(ADA)).actions[0]!;
  const approve = async (token?: string, by?: string): Promise<unknown> => {
    const response = await post(`/api/rumkit/actions/${id}/approve`, { why: "ok", ...(by && { by }) }, token);
    return response.status === 204
      ? 204
      : ((await response.json()) as { error: { code: string } }).error.code;
  };
  expect(await approve()).toBe("bad_token");
  expect(await approve(WALL)).toBe("bad_scope");
  expect(await approve(ADA)).toBe(204);
  expect(await approve(ADA, "grace")).toBe("same_person");
  expect((await read(WALL)).actions[0]).toMatchObject({ approvalsMissing: 1, approvedBy: ["ada"] });
  expect(peer.requests).toEqual([]);
  expect(await approve(GRACE)).toBe(204);
  await expect.poll(() => peer.requests.length, PATIENCE).toBe(1);
  expect(await approve(GRACE)).toBe("ended");

  const { token: link } = (await (await post("/realtime/share", {}, ADA)).json()) as { token: string };
  expect((await get("/realtime/alerts", link)).status).toBe(200);
  expect((await get("/realtime/audit", link)).status).toBe(200);
  for (const path of [
    "alerts/e/acknowledge",
    "silences",
    "silences/s/end",
    `actions/${id}/reject`,
    "receivers/r/test",
  ])
    for (const token of [link, WALL, undefined])
      expect([path, (await post(`/realtime/${path}`, { why: "x" }, token)).status]).not.toEqual([path, 204]);
  expect((await post(`/realtime/actions/${id}/approve`, { why: "x" }, link)).status).toBe(403);
  expect((await read(WALL)).viewer).toEqual({ name: "wall", mayAct: false });
  expect((await read(GRACE)).viewer).toEqual({ name: "grace", mayAct: true });
});

test("what the rule of an alert compared can be read while it lasts, also below the page's path", async () => {
  const { fire, read, get } = start({ access });
  await fire(ADA);
  const { episode } = (await read(ADA)).alerts[0]!;
  const values = async (base: string, token: string): Promise<LiveAlertValues> =>
    (await (await get(`${base}/alerts/${episode}/values`, token)).json()) as LiveAlertValues;
  const newest = async (): Promise<number> => (await values("/realtime", WALL)).lines[0]?.values.at(-1) ?? 0;
  await expect.poll(newest, PATIENCE).toBeGreaterThan(2);
  expect(await values("/api/rumkit", WALL)).toMatchObject({
    stepSeconds: 5,
    by: [],
    threshold: 2,
    side: "above",
    groups: 1,
    lines: [{ labels: {}, isOwn: true, holds: true }],
  });
  expect((await get("/realtime/alerts/unknown/values", WALL)).status).toBe(404);
  expect((await get(`/realtime/alerts/${episode}/values`)).status).toBe(401);
});

test("a silence holds notices back, and its end lets them through", async () => {
  const peer = await startPeer();
  const { fire, read, post, audit } = start({ access, alerts: { ...loopback, receivers: chat(peer) } });
  const endsAt = Date.now() + 3_600_000;
  const silence = { matchers: ["alertname=ShopLogins"], endsAt, why: "Planned work." };
  const made = await post("/api/rumkit/silences", silence, ADA);
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  await fire(ADA);
  const [alert] = (await read(ADA)).alerts;
  expect(alert).toMatchObject({ mutedBy: [id], acknowledged: null, notices: [] });
  const decision = { why: "I look at it." };
  expect((await post(`/api/rumkit/alerts/${alert!.episode}/acknowledge`, decision, ADA)).status).toBe(204);
  expect((await post(`/api/rumkit/alerts/unknown/acknowledge`, decision, ADA)).status).toBe(404);
  expect((await read(ADA)).alerts[0]!.acknowledged).toMatchObject({ by: "ada", why: "I look at it." });
  expect((await post(`/api/rumkit/silences/${id}/end`, { why: "Done." }, GRACE)).status).toBe(204);
  expect((await post(`/api/rumkit/silences/nothing/end`, { why: "Done." }, GRACE)).status).toBe(404);
  await expect.poll(() => peer.requests.length, PATIENCE).toBeGreaterThan(0);
  expect(await audit("?what=silence_created,silence_ended,alert_acknowledged", ADA)).toEqual([
    "silence_created by ada",
    "alert_acknowledged by ada",
    "silence_ended by grace",
  ]);
});

test("a test of a receiver takes the path of a notice, and its outcome can be read", async () => {
  const peer = await startPeer();
  const { post, get } = start({ alerts: { ...loopback, receivers: chat(peer) } });
  const sent = await post("/api/rumkit/receivers/chat/test", { by: "ada", why: "Does it work?" });
  expect(sent.status).toBe(202);
  const { notices } = (await sent.json()) as { notices: string[] };
  expect(notices).toHaveLength(2);
  const states = async (): Promise<unknown[]> =>
    Promise.all(
      notices.map(
        async (id) => (await (await get(`/api/rumkit/receivers/chat/notices/${id}`)).json()) as unknown,
      ),
    );
  await expect.poll(states, PATIENCE).toMatchObject([{ state: "delivered" }, { state: "delivered" }]);
  expect(peer.requests.map(({ headers }) => headers["webhook-id"])).toEqual(notices);
  expect((await post("/api/rumkit/receivers/chatt/test", { by: "ada", why: "?" })).status).toBe(404);
  expect((await get("/api/rumkit/receivers/chat/notices/unknown")).status).toBe(404);
});

test.each<[string, unknown, Record<string, string>, number, string]>([
  [
    "a page of another site",
    { why: "x" },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    403,
    "origin_denied",
  ],
  ["a page of another site over http", { why: "x" }, { origin: "http://evil.example" }, 403, "origin_denied"],
  [
    "a page that hides its origin",
    { why: "x" },
    { origin: "null", "sec-fetch-site": "cross-site" },
    403,
    "origin_denied",
  ],
  ["a page of a listed origin", { why: "x" }, { origin: "https://shop.example" }, 403, "origin_denied"],
  ["a form", "why=x", { "content-type": "application/x-www-form-urlencoded" }, 415, "bad_media_type"],
  ["a form that looks like JSON", '{"why":"x"}', { "content-type": "text/plain" }, 415, "bad_media_type"],
  ["no JSON", "{", {}, 400, "bad_json"],
  ["a list", [], {}, 400, "bad_body"],
  ["no reason", { by: "ada" }, {}, 400, "bad_body"],
  ["no author", { why: "x" }, {}, 400, "bad_body"],
  ["an unknown key", { by: "ada", why: "x", approve: true }, {}, 400, "bad_body"],
  ["a long reason", { by: "ada", why: "x".repeat(501) }, {}, 400, "bad_body"],
  ["a body without end", { by: "ada", why: "x".repeat(20_000) }, {}, 413, "too_large"],
  [
    "a page of the collector",
    { by: "ada", why: "x" },
    { origin: "http://localhost", "sec-fetch-site": "same-origin" },
    404,
    "unknown",
  ],
  ["a tool", { by: "ada", why: "x" }, {}, 404, "unknown"],
])("acting on alerts from %s: %j", async (_what, body, headers, status, code) => {
  const { post } = start({ allowedOrigins: ["https://shop.example"] });
  for (const base of ["/api/rumkit", "/realtime"]) {
    const response = await post(`${base}/actions/none/approve`, body, undefined, headers);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.message).not.toBe("");
  }
});

test.each([
  [{ matchers: [], endsAt: 1e13, why: "x", by: "ada" }, "matchers is empty"],
  [{ matchers: ["severity"], endsAt: 1e13, why: "x", by: "ada" }, "matcher"],
  [{ matchers: ["severity=~.*"], endsAt: 1e13, why: "x", by: "ada" }, "every alert"],
  [{ matchers: ["severity=~(a+)+$"], endsAt: 1e13, why: "x", by: "ada" }, "expression"],
  [{ matchers: ["a=b"], endsAt: 1, why: "x", by: "ada" }, "later than now"],
  [{ matchers: ["a=b"], endsAt: "tomorrow", why: "x", by: "ada" }, "endsAt must be milliseconds since 1970"],
  [{ matchers: ["a=b"], endsAt: 1e15, why: "x", by: "ada" }, "at most a year"],
])("the silence %j is refused with a reason", async (body, reason) => {
  const response = await start().post("/api/rumkit/silences", body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toContain(reason);
});

test("thresholds are kept by a process that ends before its first evaluation", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-thresholds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "metrics.journal");
  const open = async (above: number) => {
    const { logins } = catalog.alerts;
    const alerts = { logins: { ...logins, when: { ...logins.when, above } } };
    return createCollector({
      catalog: { ...catalog, alerts } as typeof catalog,
      journal: await openSqliteJournal({ path }),
    });
  };
  await (await open(2)).stop();
  const second = await open(3);
  onTestFinished(() => second.stop());
  const answer = await second.app.request("/api/rumkit/audit?what=rules_changed");
  const { entries } = (await answer.json()) as AuditEntries;
  expect(Object.values(entries.at(-1)!.facts!)).toContain("2 → 3");
});

test("what the journal refuses to keep is refused, counted, and has not happened", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-decisions-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "metrics.journal");
  const journal = await openSqliteJournal({ path });
  const { logins } = catalog.alerts;
  const peer = await startPeer();
  const { collector, fire, read, post, audit } = start({
    // It fires until the test is over.
    catalog: { ...catalog, alerts: { logins: { ...logins, keepFiringFor: "1h" } } } as typeof catalog,
    journal,
    alerts: { ...loopback, receivers: chat(peer), actions: rollback(peer) },
  });
  await fire();
  await expect.poll(async () => (await read()).actions[0]?.state, PATIENCE).toBe("awaiting_approval");
  await expect.poll(() => peer.requests.length, PATIENCE).toBe(1);
  const kept = await post("/api/rumkit/silences", silenceOf("route=/"));
  expect(kept.status).toBe(201);
  const silence = (await kept.json()) as LiveSilence;
  // Each section has less room than a decision takes.
  const full = {
    "notices/acknowledged": 0,
    "notices/silences": JSON.stringify(silence).length + 100,
    "notices/queue/chat": 0,
  };
  for (const [section, used] of Object.entries(full))
    await journal.documents!.write([{ section, key: "x", text: "x".repeat(MAX_SECTION_BYTES - used - 165) }]);
  const { alerts, actions } = await read();
  const acknowledge = `/api/rumkit/alerts/${alerts[0]!.episode}/acknowledge`;
  const attempts = [
    [acknowledge, { by: "ada", why: "Mine." }],
    ["/api/rumkit/silences", silenceOf("team=shop")],
    ["/api/rumkit/receivers/chat/test", { by: "ada", why: "Does it work?" }],
    [`/api/rumkit/silences/${silence.id}/end`, { by: "ada", why: "Over." }],
    [`/api/rumkit/actions/${actions[0]!.id}/approve`, { by: "ada", why: "Now." }],
  ] as const;
  const refusals = async (several: number): Promise<unknown[]> =>
    Promise.all(
      attempts.slice(0, several).map(async ([route, body]) => {
        const answer = await post(route, body);
        return [answer.status, ((await answer.json()) as Refusal).error.code];
      }),
    );
  const not = [503, "not_kept"];
  expect(await refusals(3)).toEqual([not, not, not]);
  expect((await read()).alerts[0]).toMatchObject({ acknowledged: null });
  await journal.documents!.write(
    Object.keys(full).map((section) => ({ section, key: "x", text: undefined })),
  );
  expect((await post(acknowledge, { by: "grace", why: "Mine." })).status).toBe(204);
  // Nothing can be written any more, whatever its size.
  await journal.close();
  expect(await refusals(5)).toEqual([not, not, not, not, not]);

  const after = await read();
  expect(after.alerts[0]).toMatchObject({ acknowledged: { by: "grace" } });
  expect(after.actions[0]).toMatchObject({ state: "awaiting_approval", approvedBy: [] });
  expect(after.silences.map(({ id }) => id)).toEqual([silence.id]);
  expect(after.silences[0]!.endsAt).toBe(silence.endsAt);
  expect(after.receivers).toMatchObject([{ name: "chat", waiting: 0, deadLetters: 0 }]);
  expect(peer.requests).toHaveLength(1);
  const decisions = "alert_acknowledged,silence_created,silence_ended,action_approved,notice_queued";
  expect(await audit(`?what=${decisions}`)).toEqual([
    "notice_queued by collector",
    "silence_created by ada",
    "alert_acknowledged by grace",
  ]);
  const metrics = await (await collector.app.request("/metrics")).text();
  expect(/^rum_alert_decisions_not_kept_total (\d+)$/m.exec(metrics)?.[1]).toBe("8");
});

interface Refusal {
  readonly error: { readonly code: string };
}

const silenceOf = (...matchers: string[]) => ({
  by: "ada",
  why: "Planned.",
  matchers,
  endsAt: Date.now() + 3_600_000,
});
