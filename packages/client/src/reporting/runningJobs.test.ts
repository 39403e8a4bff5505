/** Against a server of `node:http` that answers as the test says. `test/metricsClient.test.ts` has the collector. */
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRunningJobs, type RunningJobs, type RunningJobsOptions } from "./runningJobs.ts";

interface Item {
  readonly name: string;
  readonly value: number;
  readonly tags: { readonly job_name: string; readonly process: string };
}

let server: Server;
let destination: RunningJobsOptions["destination"];
/** The items of each request, as `mail 2`. */
let received: string[][];
let processes: Set<string>;
/** The keys of the requests. */
let keys: (string | undefined)[];
/** The statuses of the next answers, in order. Further requests are accepted. */
let statuses: number[];
let jobs: RunningJobs;

beforeEach(async () => {
  [received, processes, keys, statuses] = [[], new Set(), [], []];
  server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const { items } = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as { items: Item[] };
      received.push(items.map(({ value, tags }) => `${tags.job_name} ${value}`));
      for (const { tags } of items) processes.add(tags.process);
      keys.push(request.headers["idempotency-key"] as string | undefined);
      response.writeHead(statuses.shift() ?? 202).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  destination = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest`),
    token: "t",
  };
});
afterEach(async () => {
  await jobs.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function start(options: Partial<RunningJobsOptions> = {}): RunningJobs {
  const times = { flushIntervalMs: 10, requestTimeoutMs: 50_000, closeTimeoutMs: 50_000, repeatMs: 60_000 };
  jobs = createRunningJobs({ destination, ...times, ...options });
  return jobs;
}

test("a job is reported while it runs, and its end as 0, without a key", async () => {
  const { change } = start();
  change("mail", 1);
  change("mail", 1);
  change("pdf", 1);
  await expect.poll(() => received).toEqual([["mail 2", "pdf 1"]]);
  change("mail", -1);
  change("pdf", -1);
  await expect.poll(() => received.at(-1)).toEqual(["mail 1", "pdf 0"]);
  change("mail", -1);
  await expect.poll(() => received.at(-1)).toEqual(["mail 0"]);
  expect(processes.size).toBe(1);
  expect(new Set(keys)).toEqual(new Set([undefined]));
});

test("a job that ends while its report is on the way is reported as ended", async () => {
  const { change } = start();
  server.prependOnceListener("request", () => change("mail", -1));
  change("mail", 1);
  await expect.poll(() => received).toEqual([["mail 1"], ["mail 0"]]);
});

test("a running job is repeated, an idle process is silent", async () => {
  const { change } = start({ repeatMs: 20 });
  change("mail", 1);
  await expect.poll(() => received.length).toBeGreaterThanOrEqual(3);
  expect(new Set(received.map(String))).toEqual(new Set(["mail 1"]));
  change("mail", -1);
  await expect.poll(() => received.at(-1)).toEqual(["mail 0"]);
  const { length } = received;
  change("pdf", 1);
  await expect.poll(() => received.at(-1)).toEqual(["pdf 1"]);
  expect(received[length]).toEqual(["pdf 1"]);
});

test("a change is not later than a repetition, however long values gather", async () => {
  const { change } = start({ flushIntervalMs: 3_600_000, repeatMs: 20 });
  change("mail", 1);
  await expect.poll(() => received.at(0)).toEqual(["mail 1"]);
});

test("jobs that end before the interval send nothing", async () => {
  const { change, close } = start({ flushIntervalMs: 60_000 });
  change("mail", 1);
  change("mail", -1);
  await close();
  expect(received).toEqual([]);
});

test.each([503, 401])("after %i the state is sent again, as it is then", async (status) => {
  statuses = [status];
  const { change, close } = start({ repeatMs: 20 });
  change("mail", 1);
  await expect.poll(() => received.length).toBeGreaterThanOrEqual(1);
  change("mail", 1);
  if (status === 503) await expect.poll(() => received.at(-1)).toEqual(["mail 2"]);
  await close();
  expect(received.at(-1)).toEqual(["mail 2"]);
});

test("close reports that nothing runs any more, once, and nothing after it", async () => {
  const { change, close } = start({ flushIntervalMs: 60_000, repeatMs: 60_000 });
  change("mail", 1);
  await close();
  expect(received).toEqual([["mail 1"]]);
  change("mail", -1);
  await close();
  expect(received).toEqual([["mail 1"], ["mail 0"]]);
});

test("close does not wait for a collector that is away", async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const { change, close } = start();
  change("mail", 1);
  await close();
  server.listen(0);
});
