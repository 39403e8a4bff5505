/** The start of a role over a log: refused, or with warnings, over a real nats-server. */
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type RunningNats, startNats } from "../../../../test/support/natsServer.ts";
import { openLog } from "./openLog.ts";
import { readConfig } from "./readConfig.ts";
import { checkConfigured } from "./serve.ts";
import type { EffectiveConfig } from "./settings.ts";

let nats: RunningNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

async function configOf(flags: Readonly<Record<string, string | boolean>> = {}): Promise<EffectiveConfig> {
  const env = { RUMKIT_BROKER: nats.url };
  const read = await readConfig({
    flags: { role: "edge", ...flags },
    env,
    file: undefined,
    folder: tmpdir(),
  });
  return read.config;
}

test("a log that can lose acknowledged messages is refused, with all reasons and what allows it", async () => {
  const fault = await openLog(await configOf(), "refused", undefined).catch((error: Error) => error.message);
  expect(fault).toContain("[rumkit] Invalid configuration:");
  expect(fault).toMatch(/sync_interval: always/);
  expect(fault).toMatch(/replicas to 3/);
  expect(fault).toContain("set allowUnsafeBroker (--allow-unsafe-broker)");
});

test("where it is allowed, each reason is printed and logged", async () => {
  const printed: string[] = [];
  const write = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((text) => printed.push(String(text)) > 0);
  const logged: unknown[] = [];
  const log = { info: () => {}, warn: ({ kind }: { readonly kind?: unknown }) => void logged.push(kind) };
  const broker = await openLog(await configOf({ allowUnsafeBroker: true }), "allowed", log);
  write.mockRestore();
  await broker!.close();
  expect(printed.length).toBeGreaterThanOrEqual(2);
  for (const line of printed) expect(line).toMatch(/^\[rumkit\] UNSAFE LOG: .+\n$/);
  expect(logged).toEqual(printed.map(() => "broker_unsafe"));
});

test("--check refuses the same log, and another number of partitions", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await checkConfigured(await configOf({ allowUnsafeBroker: true, brokerPartitions: "3" }));
  write.mockRestore();
  await expect(checkConfigured(await configOf())).rejects.toThrow("sync_interval: always");
  const other = await configOf({ allowUnsafeBroker: true, brokerPartitions: "4" });
  await expect(checkConfigured(other)).rejects.toThrow("The log has 3 partitions, not 4");
});
