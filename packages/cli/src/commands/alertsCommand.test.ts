import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LiveSilence } from "@rumkit/protocol";
import { createCollector, openSqliteJournal, serveCollector } from "@rumkit/server";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { captureOutput } from "../../../../test/support/commandOutput.ts";
import { listen } from "../../../../test/support/listen.ts";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { main } from "./main.ts";

const TOKEN = "a-token-of-scope-alerts";
const access = {
  open: ["collect"],
  tokens: [{ name: "ada", secret: TOKEN, scopes: ["alerts"] }],
} as const;

let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  output = captureOutput();
  vi.stubEnv("RUMKIT_TOKEN", TOKEN);
});
afterEach(() => void vi.unstubAllEnvs());

async function start(options: Parameters<typeof createCollector>[0] = {}): Promise<string> {
  const collector = createCollector({ runtimeMetrics: false, access, ...options });
  onTestFinished(() => collector.stop());
  return listen(serveCollector({ collector }));
}

test("silences alerts, and lists what there is", async () => {
  const origin = await start();
  const args = [
    "alerts",
    "silence",
    "alertname=ShopErrors",
    "team=checkout",
    "--for",
    "2h",
    "--why",
    "Planned.",
  ];
  expect(await main([...args, "--url", origin])).toBe(0);
  const id = output.stdout.trim();
  expect(id).toMatch(/^[\w-]+$/);
  const end = Date.parse(/^It ends on (\S+)\.\n$/.exec(output.stderr)![1]!);
  expect(Math.abs(end - Date.now() - 7_200_000)).toBeLessThan(60_000);
  output.stdout = "";
  expect(await main(["alerts", "list", "--url", `${origin}/realtime`])).toBe(0);
  expect(output.stdout).toMatch(/^No alert fires or waits, of \d+\.$/m);
  expect(output.stdout).toContain(`${id}  alertname=ShopErrors team=checkout  by ada: Planned.`);
  output.stdout = "";
  expect(await main(["alerts", "list", "--url", origin, "--json"])).toBe(0);
  const { silences } = JSON.parse(output.stdout) as { silences: LiveSilence[] };
  expect(silences).toMatchObject([{ id, by: "ada", why: "Planned." }]);
});

test("tests a receiver on the path of a notice, and reports its outcome", async () => {
  const peer = await startPeer();
  const receivers = { chat: { type: "webhook", url: `${peer.origin}/chat` } } as const;
  const origin = await start({ alerts: { receivers, allowPrivateAddresses: ["127.0.0.1"] } });
  expect(await main(["alerts", "test", "chat", "--url", origin])).toBe(0);
  expect(output.stdout).toBe("fire     delivered.\nresolve  delivered.\n");
  expect(peer.requests).toHaveLength(2);
  output.stdout = "";
  peer.conduct({ status: 400 });
  expect(await main(["alerts", "test", "chat", "--url", origin])).toBe(1);
  expect(output.stdout).toMatch(/^fire {5}failed: .*400/);
  expect(await main(["alerts", "test", "chatt", "--url", origin])).toBe(1);
  expect(output.stderr).toContain('The receiver "chatt" is unknown. Known: chat.');
});

test("says which token it needs", async () => {
  const origin = await start();
  vi.stubEnv("RUMKIT_TOKEN", "");
  expect(await main(["alerts", "list", "--url", origin])).toBe(1);
  expect(output.stderr).toContain("answers 401. Use a token of scope alerts, or live to read");
});

test.each([
  [["alerts"], "Say what to do: list, test, silence, replay."],
  [["alerts", "lst"], 'Unknown word "lst" after alerts. Did you mean list?'],
  [["alerts", "test"], "Name one receiver"],
  [["alerts", "silence", "--for", "1h", "--why", "x"], "Name the alerts"],
  [["alerts", "silence", "a=b", "--why", "x"], "--for is required"],
  [["alerts", "silence", "a=b", "--for", "1h"], "--why is required"],
  [["alerts", "silence", "a=b", "--for", "1y", "--why", "x"], "--for must be 1m to 365d"],
  [["alerts", "replay"], "Name one Prometheus or one journal"],
  [["alerts", "replay", "http://127.0.0.1:1"], "--catalog is required"],
  [["alerts", "replay", "prometheus", "--catalog", "c.ts"], "must start with http:// or https://"],
  [
    ["alerts", "replay", "package.json", "--catalog", "c.ts", "--step", "5m"],
    "--step is for a Prometheus only",
  ],
  [
    ["alerts", "replay", "http://127.0.0.1:1", "--catalog", "c.ts", "--last", "1m"],
    "--last must be 1h to 30d",
  ],
  [["alerts", "list", "--jsn"], "Did you mean --json?"],
])("%j is refused", async (argv, message) => {
  expect(await main(argv)).toBe(2);
  expect(output.stderr).toContain(message);
});

/** A Prometheus that has one series: errors that rise for ten minutes of the last day. */
async function startPast(): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const query = new URLSearchParams(body);
      const name = /__name__="(\w+)"/.exec(query.get("query") ?? "")?.[1];
      const [first, end, step] = ["start", "end", "step"].map((key) => Number(query.get(key)));
      const from = Date.now() / 1_000 - 12 * 3_600;
      const values: [number, string][] = [];
      for (let at = first!; at <= end!; at += step!)
        values.push([at, String(Math.round(Math.min(Math.max(at - from, 0), 600) * 2))]);
      const result =
        name === "rum_js_errors_total" ? [{ metric: { __name__: name, source: "uncaught" }, values }] : [];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
    });
  });
  return listen(server.listen(0, "127.0.0.1"));
}

test("replays the alerts of a catalog over the past of a Prometheus", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-replay-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const catalog = (above: number): string =>
    JSON.stringify({
      app: "shop",
      routes: ["/"],
      alerts: { errors: { when: { rate: "rum_js_errors_total", above } } },
    });
  // Each has its own name, because Node keeps the modules that it imported.
  const [file, calm] = [join(folder, "catalog.json"), join(folder, "calm.json")];
  const origin = await startPast();
  writeFileSync(file, catalog(0.5));
  expect(await main(["alerts", "replay", origin, "--catalog", file, "--last", "1d"])).toBe(0);
  expect(output.stdout).toMatch(/^\S+Z +\d+ min {2}ShopErrors {2}worst 2(?:\.\d+)?, threshold 0\.5$/m);
  expect(output.stdout).toContain("ShopErrors: 1 time\n");
  output.stdout = "";
  writeFileSync(calm, catalog(5));
  expect(await main(["alerts", "replay", origin, "--catalog", calm, "--last", "1d"])).toBe(0);
  expect(output.stdout).toBe("No alert would have fired.\n");
});

test("replays the alerts of a catalog over the journal of a collector that runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-replay-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "metrics.journal");
  const catalog = {
    app: "shop",
    routes: ["/"],
    alerts: {
      absent: { when: { absent: "rum_js_errors_total", over: "1m" } },
      busy: { when: { gauge: "rum_active_sessions", above: 5 } },
    },
  } as const;
  const file = join(folder, "kept.json");
  writeFileSync(file, JSON.stringify(catalog));
  await start({ catalog, journal: await openSqliteJournal({ path }) });
  // The collector evaluates once a second, and keeps the first minute at once.
  await expect.poll(() => main(["alerts", "replay", path, "--catalog", file])).toBe(0);
  expect(output.stdout).toBe("No alert would have fired.\n");
  expect(output.stderr).toMatch(/^Replayed from \S+Z to \S+Z, minute by minute\.$/m);
  expect(output.stderr).toContain("ShopBusy: not replayed, since it reads the gauge rum_active_sessions");
  output.stderr = "";
  expect(await main(["alerts", "replay", file, "--catalog", file])).toBe(1);
  expect(output.stderr).toContain(file);
});
