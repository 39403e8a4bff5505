import { type AuditEntries, defineCatalog, type LiveAlerts } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { createKeptTexts } from "../../../../test/support/alerts/keptTexts.ts";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
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

const SECRET = "a-token-of-someone-on-call";
const headers = { authorization: `Bearer ${SECRET}`, "content-type": "application/json" };

/** Texts of an older version, of another program, or of a disk that lost some bytes. */
const DAMAGES = ["{", "null", '"text"', "[]", "{}", '{"id":1}'];

function start(texts: ReadonlyMap<string, string>, origin: string) {
  const documents = createKeptTexts(texts);
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    journal: { ...createMemoryJournal(), documents },
    access: { open: ["collect", "metrics"], tokens: [{ name: "ada", secret: SECRET, scopes: ["alerts"] }] },
    alerts: {
      allowPrivateAddresses: ["127.0.0.1"],
      receivers: { chat: { type: "webhook", url: `${origin}/chat` } },
      actions: {
        rollback: { match: ["alertname=ShopLogins"], url: `${origin}/rollback`, verifyAfter: "1s" },
      },
    },
  });
  onTestFinished(() => collector.stop());
  const get = async (path: string): Promise<Response> =>
    collector.app.request(`/api/rumkit/${path}`, { headers });
  return {
    collector,
    documents,
    get,
    alerts: async (): Promise<LiveAlerts> => (await (await get("alerts")).json()) as LiveAlerts,
    post: async (path: string, body: object): Promise<number> => {
      const request = { method: "POST", headers, body: JSON.stringify({ by: "ada", why: "Seen.", ...body }) };
      return (await collector.app.request(`/api/rumkit/${path}`, request)).status;
    },
  };
}

test("a kept document that cannot be read costs what it held, and the collector starts", async () => {
  // A stop waits for notices that are on their way, and many collectors stop at a time.
  const listeners = process.getMaxListeners();
  process.setMaxListeners(0);
  onTestFinished(() => void process.setMaxListeners(listeners));
  const peer = await startPeer();
  const whole = start(new Map(), peer.origin);
  for (let index = 0; index < 5; index += 1) await whole.collector.trackAction("login");
  await expect.poll(async () => (await whole.alerts()).actions[0]?.state).toBe("awaiting_approval");
  const [alert] = (await whole.alerts()).alerts;
  expect(await whole.post(`alerts/${alert!.episode}/acknowledge`, {})).toBe(204);
  const silence = { matchers: ["alertname=Other"], endsAt: Date.now() + 3_600_000 };
  expect(await whole.post("silences", silence)).toBe(201);
  const sections = (): Set<string> =>
    new Set([...whole.documents.texts.keys()].map((key) => key.split(" ")[0]!));
  await expect.poll(() => [...sections()]).toContain("alert_states");
  const kept = new Map(whole.documents.texts);
  await whole.collector.stop();

  const oneOfEach = [...kept.keys()].filter((key, index, all) => {
    const [section] = key.split(" ");
    return all.findIndex((other) => other.startsWith(`${section} `)) === index;
  });
  const faultOf = async (key: string, text: string): Promise<unknown> => {
    try {
      const again = start(new Map(kept).set(key, text), peer.origin);
      const { engine, rules } = await again.alerts();
      const audit = (await (await again.get("audit")).json()) as AuditEntries;
      void again.collector.stop();
      return engine === "running" && rules > 0 && Array.isArray(audit.entries) ? undefined : engine;
    } catch (error) {
      return String(error);
    }
  };
  const [silenced] = [...kept].find(([key]) => key.startsWith("notices/silences "))!;
  const unreadable = { ...(JSON.parse(kept.get(silenced)!) as object), matchers: ["no matcher"] };
  expect(await faultOf(silenced, JSON.stringify(unreadable))).toBeUndefined();
  for (const key of oneOfEach) {
    const faults = await Promise.all(DAMAGES.map(async (text) => [text, await faultOf(key, text)]));
    expect(faults, key).toEqual(DAMAGES.map((text) => [text, undefined]));
  }
});
