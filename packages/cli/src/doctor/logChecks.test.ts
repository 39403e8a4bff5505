/** The log that several collectors share, examined over a real nats-server. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openBroker } from "@rumkit/server";
import { freePort } from "../../../../test/support/freePort.ts";
import { type RunningNats, startNats } from "../../../../test/support/natsServer.ts";
import { main } from "../commands/main.ts";
import { examineLog } from "./logChecks.ts";

let nats: RunningNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

test("a log on one server fails: each finding says what can be lost, and what prevents it", async () => {
  const checks = await examineLog({ url: nats.url, app: "shop", partitions: 2, create: true });
  expect(checks[0]).toEqual({
    name: "log",
    status: "ok",
    message: "NATS JetStream answers: 2 partitions, up to 0 messages kept.",
  });
  const failed = checks.filter(({ status }) => status === "fail").map(({ message }) => message);
  expect(failed.join("\n")).toMatch(/set replicas to 3/);
  expect(failed.join("\n")).toMatch(/sync_interval: always/);
});

test("an app that the log does not have fails with those that it has, and is not created", async () => {
  for (const _ of [1, 2])
    expect(await examineLog({ url: nats.url, app: "shpo" })).toMatchObject([
      { name: "log", status: "fail", message: expect.stringContaining("It has shop") as string },
    ]);
});

test("messages that no aggregator could read are a warning with their number", async () => {
  const options = { url: nats.url, app: "dead-letters", partitions: 1 };
  const broker = await openBroker({ ...options, allowUnsafe: true, log: { warn: () => {} } });
  await broker.publish("dead", { id: "a", body: Buffer.from("?") });
  await broker.publish("batches.0", { id: "b", body: Buffer.from("?") });
  await broker.close();
  const checks = await examineLog(options);
  expect(checks[0]!.message).toContain("1 partition, up to 1 messages kept");
  expect(checks[1]).toMatchObject({ name: "unreadable", status: "warn" });
  expect(checks[1]!.message).toMatch(/^1 messages could not be read/);
});

test("a log that does not answer fails, without its password in a line", async () => {
  const url = `nats://rumkit:hidden-secret@127.0.0.1:${await freePort()}`;
  const checks = await examineLog({ url, app: "shop", answerMs: 1_000 });
  expect(checks).toMatchObject([{ name: "log", status: "fail" }]);
  expect(JSON.stringify(checks)).not.toContain("hidden");
});

test("rumkit doctor --broker - takes the address from the environment, and ends with 1 for a failed check", async () => {
  vi.stubEnv("RUMKIT_BROKER", nats.url);
  let output = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
  const code = await main(["doctor", "--broker", "-", "--app", "shop"]);
  write.mockRestore();
  vi.unstubAllEnvs();
  expect(code).toBe(1);
  expect(output).toMatch(/^ok {4}log +NATS JetStream answers/m);
  expect(output).toMatch(/^fail {2}settings +.*sync_interval: always/m);
});
