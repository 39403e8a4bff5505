/** Two collectors behind the upstream that docs/high-availability.md shows, in a real nginx: one of them is killed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSoon } from "../support/expectSoon.ts";
import { freePort } from "../support/freePort.ts";
import { createBatchOrder } from "../support/kills/orders.ts";
import { sendOrder } from "../support/kills/sendOrder.ts";
import { addTally, differences, readTally, type Tally } from "../support/kills/tally.ts";
import { type Started, startProgram } from "../support/started.ts";

const ROOT = join(import.meta.dirname, "../..");
const PROGRAM = join(ROOT, "test/support/kills/collectorProcess.ts");
let folder: string;
let nginx: Started;
let proxyPort: number;
const collectors: { port: number; running: Started }[] = [];

async function startCollector(name: string, port: number): Promise<Started> {
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  const env = { PORT: String(port), FOLDER: own };
  return startProgram(process.execPath, [PROGRAM], { env, ready: /listening/ });
}

/** The upstream of the documentation, with our ports; the visitor's address is one that the test chooses. */
function upstreamOfDocs(): string {
  const text = readFileSync(join(ROOT, "docs/high-availability.md"), "utf8");
  const [shown = ""] = /upstream collectors \{[^]*?\n\}/.exec(text)!;
  return shown
    .replace("10.0.0.11:4000", `127.0.0.1:${collectors[0]!.port}`)
    .replace("10.0.0.12:4000", `127.0.0.1:${collectors[1]!.port}`)
    .replace("fail_timeout=10s", "fail_timeout=1s");
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-ha-"));
  await chmod(folder, 0o755);
  for (const name of ["one", "two"]) {
    const port = await freePort();
    collectors.push({ port, running: await startCollector(name, port) });
  }
  proxyPort = await freePort();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; error_log stderr notice; worker_processes 1;
     events { worker_connections 256; }
     http {
       access_log off;
       ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join("\n")}
       set_real_ip_from 127.0.0.1; real_ip_header X-Visitor;
       ${upstreamOfDocs()}
       server {
         listen 127.0.0.1:${proxyPort};
         location / {
           proxy_pass http://collectors; proxy_http_version 1.1; proxy_set_header Host $http_host;
           proxy_connect_timeout 2s; proxy_next_upstream error; add_header X-Upstream $upstream_addr always;
         }
       }
     }`,
  );
  const program = process.env["NGINX_PATH"] ?? "/usr/sbin/nginx";
  nginx = await startProgram(program, ["-p", folder, "-c", join(folder, "nginx.conf")], {
    ready: /start worker process \d+/,
  });
});
afterAll(async () => {
  await nginx?.stop();
  for (const { running } of collectors) await running.stop();
  rmSync(folder, { recursive: true });
});

/** Sends a batch through nginx as a visitor of this address. Returns the collectors that were asked, and the answer. */
async function sendAs(
  visitor: string,
  body: string,
): Promise<{ upstream: string; status: number; text: string }> {
  const origin = `http://127.0.0.1:${proxyPort}`;
  // Others are bots, which are counted apart.
  const agent = { "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0" };
  const headers = { origin, "content-type": "text/plain", "x-visitor": visitor, ...agent };
  const answer = await fetch(`${origin}/collect`, { method: "POST", body, headers });
  return {
    upstream: answer.headers.get("x-upstream") ?? "",
    status: answer.status,
    text: await answer.text(),
  };
}

async function sums(): Promise<Tally> {
  const all: Tally = {};
  for (const { port } of collectors)
    addTally(all, readTally(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
  return all;
}

test("visitors stay at one collector, retries count once, and a killed one costs no batch", async () => {
  const ledger: Tally = {};
  const visitors = Array.from({ length: 24 }, (_, at) => `192.0.2.${at + 1}`);
  const homes = new Map<string, string>();
  const send = async (visitor: string): Promise<string> => {
    const order = createBatchOrder(1, "a".repeat(32));
    const body = order.body();
    const first = await sendAs(visitor, body);
    const again = await sendAs(visitor, body);
    expect([first.status, again.status, again.text]).toEqual([
      200,
      200,
      expect.stringContaining("duplicate"),
    ]);
    addTally(ledger, order.counts);
    return again.upstream;
  };
  for (const visitor of visitors) homes.set(visitor, await send(visitor));
  for (const visitor of visitors)
    expect([visitor, await send(visitor)]).toEqual([visitor, homes.get(visitor)]);
  expect(new Set(homes.values()).size).toBe(2);
  expect(differences(await sums(), ledger)).toEqual({});

  const [victim] = collectors;
  victim!.running.signal("SIGKILL");
  // Resolves once it has ended: a batch that it had accepted before would have an unknown fate.
  await victim!.running.stop();
  // Each is answered by the other one, at once.
  for (const visitor of visitors) await send(visitor);
  victim!.running = await startCollector("one", victim!.port);
  expect(differences(await sums(), ledger)).toEqual({});
  const agent = new Agent({ keepAlive: true });
  const direct = createBatchOrder(2, "b".repeat(32));
  const sent = await sendOrder({ path: direct.path, body: direct.body() }, { port: victim!.port, agent });
  expect(sent).toBe("new");
  agent.destroy();
  // After the time that nginx leaves a failed one alone, visitors return.
  const homeOf = async (visitor: string): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${proxyPort}/healthz`, {
      headers: { "x-visitor": visitor },
    });
    return answer.headers.get("x-upstream") ?? "";
  };
  await expectSoon(async () => (await Promise.all(visitors.map(homeOf))).join()).toBe(
    visitors.map((visitor) => homes.get(visitor)).join(),
  );
  for (const visitor of visitors)
    expect([visitor, await send(visitor)]).toEqual([visitor, homes.get(visitor)]);
  addTally(ledger, direct.counts);
  expect(differences(await sums(), ledger)).toEqual({});
});
