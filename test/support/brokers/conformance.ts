import { type Broker, openBroker } from "@rumkit/server";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Bench, type ConformanceEngine, type RunningEngine, SHARED } from "./engine.ts";
import { testFailures } from "./failures.ts";
import { testMessages } from "./messagesTests.ts";
import { testRecords } from "./recordsTests.ts";

/** Topics of the shared log. */
const PARTITIONS = 16;

/**
 * The same tests for every engine: what a `Broker` promises. One server, or one cluster, for all of them.
 *
 * @example
 * testBroker({ name: "JetStream, one server", start: startJetStream });
 */
export function testBroker(engine: ConformanceEngine): void {
  describe(engine.name, () => {
    let running: RunningEngine | undefined;
    const opened: Broker[] = [];
    let shared: Broker | undefined;
    let topics = 0;
    const open: Bench["open"] = async (app, options) => {
      const broker = await openBroker({ ...running!.options, app, partitions: 1, ...options });
      opened.push(broker);
      return broker;
    };
    beforeAll(async () => {
      running = await engine.start();
      shared = await open(SHARED, { partitions: PARTITIONS });
    });
    afterAll(async () => {
      await Promise.all(opened.map((broker) => broker.close()));
      await running?.stop();
    });
    const bench: Bench = {
      engine,
      running: () => running!,
      open,
      shared: () => ({
        broker: shared!,
        get topic() {
          topics += 1;
          if (topics > PARTITIONS) throw new Error("The shared log needs more partitions.");
          return `batches.${topics - 1}` as const;
        },
      }),
      check: (kind, name, run) => {
        if (engine.usual?.includes(kind) === false && process.env["CONFORMANCE"] !== "all") return;
        const lack = engine.lacks?.[kind];
        if (lack === undefined) test(`${kind}: ${name}`, run);
        else test.skip(`${kind}: ${name} (${lack})`, run);
      },
    };
    testMessages(bench);
    testRecords(bench);
    testFailures(bench);
  });
}
