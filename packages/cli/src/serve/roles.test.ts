/** `rumkit serve` as edge, aggregate and live, each in a separate process, over a real nats-server. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type RunningNats, startNats } from "../../../../test/support/natsServer.ts";
import { parseExposition } from "../../../../test/support/scrape.ts";
import { type ServeProcess, startServe } from "../../../../test/support/serveProcess.ts";

const ORIGIN = "https://blog.example";

let folder: string;
let nats: RunningNats;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-roles-"));
  for (const app of ["blog", "diary"]) {
    const catalog = { app, routes: ["/"], actions: { step: { help: "Steps." } } };
    await writeFile(join(folder, `${app}.mjs`), `export const catalog = ${JSON.stringify(catalog)};`);
  }
  nats = await startNats();
});
afterAll(async () => {
  await nats.stop();
  await rm(folder, { recursive: true });
});

const running: ServeProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.end("SIGKILL")));
});

async function start(...args: string[]): Promise<ServeProcess> {
  const usual = ["blog.mjs", "--port", "0", "--allowed-origins", ORIGIN];
  const started = await startServe({ folder, args: [...usual, ...args] });
  running.push(started);
  return started;
}

async function startRole(app: string, role: string, ...args: string[]): Promise<ServeProcess> {
  const usual = [`${app}.mjs`, "--port", "0", "--allowed-origins", ORIGIN, "--allow-unsafe-broker"];
  const env = { RUMKIT_BROKER: nats.url };
  const started = await startServe({ folder, args: [...usual, "--role", role, ...args], env });
  running.push(started);
  return started;
}

/** Sends a batch with a number for its id, and returns the status. */
async function send({ origin }: ServeProcess, number: number): Promise<number> {
  const id = number.toString(16).padStart(32, "0");
  const events = [{ type: "action", route: "/", name: "step" }];
  const { status } = await fetch(`${origin}/collect`, {
    method: "POST",
    headers: { origin: ORIGIN, "user-agent": "Mozilla/5.0 Firefox/140.0" },
    body: JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events }),
  });
  return status;
}

async function steps({ origin }: ServeProcess): Promise<number> {
  const scrape = parseExposition(await (await fetch(`${origin}/metrics`)).text());
  return scrape.get('rum_actions_total{action="step"}') ?? 0;
}

const isReady = async ({ origin }: ServeProcess): Promise<boolean> => (await fetch(`${origin}/readyz`)).ok;

test("a collector becomes an edge and an aggregator with its journal: counts and remembered ids go on", async () => {
  const alone = await start("--journal", "alone.journal");
  expect([await send(alone, 1), await send(alone, 2)]).toEqual([200, 200]);
  expect(await alone.end()).toBe(0);
  // In order: a collector that has stopped has no log beside its file.
  for (const end of ["", "-tail"])
    await copyFile(join(folder, `alone.journal${end}`), join(folder, `aggregate-0.journal${end}`));

  const aggregate = await startRole(
    "blog",
    "aggregate",
    "--name",
    "aggregate-0",
    "--journal",
    "aggregate-0.journal",
  );
  const edge = await startRole("blog", "edge", "--spool", "spool-0");
  const live = await startRole("blog", "live", "--name", "live-0", "--journal", "live-0.journal");
  for (const each of [aggregate, edge, live]) await vi.waitUntil(() => isReady(each), { timeout: 100_000 });
  expect(await steps(aggregate)).toBe(2);
  // The second one again, as a page does whose answer was lost.
  expect([await send(edge, 2), await send(edge, 3)]).toEqual([200, 200]);
  await vi.waitUntil(async () => (await steps(aggregate)) === 3, { timeout: 100_000 });
  expect(edge.output()).toMatch(/UNSAFE LOG: .*sync_interval/);

  for (const each of [edge, aggregate, live]) expect(await each.end()).toBe(0);
});

test("each role works under --supervise: a worker that is killed is replaced, and counts go on", async () => {
  const supervised = (role: string, ...args: string[]): Promise<ServeProcess> =>
    startRole("diary", role, "--supervise", "--restart-delay-ms", "50", ...args);
  const roles = await Promise.all([
    supervised("aggregate", "--name", "aggregate-0", "--journal", "diary-aggregate.journal"),
    supervised("edge", "--spool", "diary-spool"),
    supervised("live", "--name", "live-0", "--journal", "diary-live.journal"),
  ]);
  const [aggregate, edge] = roles;
  const untilReady = async (): Promise<void> => {
    for (const role of roles) await vi.waitUntil(() => isReady(role), { timeout: 100_000 });
  };
  await untilReady();
  expect(await send(edge, 1)).toBe(200);
  await vi.waitUntil(async () => (await steps(aggregate)) === 1, { timeout: 100_000 });
  await Promise.all(
    roles.map(async (role) => {
      const since = role.output().length;
      process.kill(Number((await role.says(/Worker (\d+) is ready/))[1]), "SIGKILL");
      await role.says(/Worker \d+ is ready/, since);
    }),
  );
  await untilReady();
  expect([await send(edge, 1), await send(edge, 2)]).toEqual([200, 200]);
  await vi.waitUntil(async () => (await steps(aggregate)) === 2, { timeout: 100_000 });
  expect(await Promise.all(roles.map((role) => role.end()))).toEqual([0, 0, 0]);
}, 200_000);
