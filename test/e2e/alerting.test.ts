/** Alerts of a real collector process, with a real service at the other end, over SIGKILL. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntries, AuditEntry, LiveAction, LiveAlerts } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { type Peer, startPeer } from "../support/receivers/peer.ts";
import { type ServeProcess, startServe } from "../support/serveProcess.ts";

const CATALOG = {
  app: "shop",
  routes: ["/"],
  actions: { search: { help: "Searches." }, buy: { help: "Orders." } },
  alerts: {
    // Fires and ends by what pages send, not by time: a busy machine takes long to start a process.
    searches: {
      when: {
        ratio: "rum_actions_total",
        labels: { action: "search" },
        to: "rum_actions_total",
        over: "1h",
        above: 0.5,
        atLeast: 3,
      },
      severity: "critical",
    },
  },
};

const SHOP = "https://shop.example";

/** Writes the files of a collector that tells a peer, and asks it to roll back. */
function writeFiles(peer: Peer): string {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-alerting-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "hook"), `${peer.origin}/chat\n`);
  writeFileSync(join(folder, "catalog.json"), JSON.stringify(CATALOG));
  const config = {
    catalog: "./catalog.json",
    port: 0,
    bots: "count",
    allowedOrigins: [SHOP],
    log: "none",
    journal: "./journal",
    alerts: {
      allowPrivateAddresses: ["127.0.0.1"],
      receivers: { chat: { type: "webhook", url: { file: "./hook" } } },
      actions: {
        rollback: { match: ["alertname=ShopSearches"], url: { env: "ROLLBACK_URL" }, verifyAfter: "1s" },
      },
    },
  };
  writeFileSync(join(folder, "rumkit.config.json"), JSON.stringify(config));
  return folder;
}

let batches = 0;

/** Sends a batch with so many actions. */
async function act({ origin }: ServeProcess, name: "search" | "buy", count: number): Promise<void> {
  batches += 1;
  const events = [{ type: "action", name, count }];
  const id = batches.toString(16).padStart(32, "0");
  const body = JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: Date.now(), events });
  const response = await fetch(`${origin}/collect`, { method: "POST", headers: { origin: SHOP }, body });
  expect(response.status).toBe(200);
}

const readAlerts = async ({ origin }: ServeProcess): Promise<LiveAlerts> =>
  (await (await fetch(`${origin}/api/rumkit/alerts`)).json()) as LiveAlerts;

const onlyAction = async (serving: ServeProcess): Promise<LiveAction | undefined> =>
  (await readAlerts(serving)).actions[0];

async function readAudit({ origin }: ServeProcess): Promise<AuditEntry[]> {
  const answer = (await (await fetch(`${origin}/api/rumkit/audit?limit=1000`)).json()) as AuditEntries;
  return [...answer.entries];
}

/** The paths that were requested, with the status of notices. */
const heard = (peer: Peer): string[] =>
  peer.requests.map(({ path, body }) => {
    const { status } = JSON.parse(body) as { status?: string };
    return status === undefined ? path : `${path} ${status}`;
  });

test("a fire, its approval, its action and its resolve each arrive once, over SIGKILL in between", async () => {
  const peer = await startPeer();
  const folder = writeFiles(peer);
  const start = async (): Promise<ServeProcess> => {
    const serving = await startServe({ folder, env: { ROLLBACK_URL: `${peer.origin}/rollback` } });
    onTestFinished(async () => void (await serving.end("SIGKILL").catch(() => {})));
    return serving;
  };
  let serving = await start();
  await expect
    .poll(async () => {
      await act(serving, "search", 5);
      return (await readAlerts(serving)).alerts.map(({ name, state }) => `${name} ${state}`);
    })
    .toEqual(["ShopSearches firing"]);
  await expect.poll(() => heard(peer)).toEqual(["/chat firing"]);
  await expect.poll(async () => (await onlyAction(serving))?.state).toBe("awaiting_approval");
  const [alert] = (await readAlerts(serving)).alerts;
  await serving.end("SIGKILL");

  serving = await start();
  // The same episode goes on: the engine, the queue and the action continue where they were.
  await expect.poll(async () => (await readAlerts(serving)).alerts[0]?.episode).toBe(alert!.episode);
  const { id } = (await onlyAction(serving))!;
  const approve = async (): Promise<number> => {
    const { status } = await fetch(`${serving.origin}/api/rumkit/actions/${id}/approve`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ by: "ada", why: "The release is slow." }),
    });
    return status;
  };
  expect(await approve()).toBe(204);
  await expect.poll(() => heard(peer)).toEqual(["/chat firing", "/rollback"]);
  await expect.poll(async () => (await onlyAction(serving))?.state).toBe("done");
  await serving.end("SIGKILL");

  serving = await start();
  expect(await approve()).toBe(409);
  await expect.poll(async () => (await readAlerts(serving)).alerts[0]?.episode).toBe(alert!.episode);
  await act(serving, "buy", 10_000);
  await expect.poll(async () => (await readAlerts(serving)).history[0]?.state).toBe("resolved");
  await expect.poll(() => heard(peer)).toEqual(["/chat firing", "/rollback", "/chat resolved"]);
  expect((await readAlerts(serving)).history).toMatchObject([{ episode: alert!.episode }]);
  await expect.poll(async () => (await onlyAction(serving))?.helped).not.toBeNull();
  const entries = await readAudit(serving);
  expect(entries.map((entry) => entry.id)).toEqual(entries.map((_, index) => index + 1));
  const events = entries.map(({ what }) => what);
  for (const once of ["alert_fired", "action_requested", "action_approved", "action_run", "alert_resolved"])
    expect([once, events.filter((what) => what === once).length]).toEqual([once, 1]);
  expect(await serving.end("SIGTERM")).toBe(0);
  expect(serving.output()).not.toContain(peer.origin);
});
