import { startMockKafka } from "../mockKafka.ts";
import type { ConformanceEngine, RunningEngine } from "./engine.ts";

/** Promises that the mock cluster cannot show. */
export const LACKS_OF_MOCK: NonNullable<ConformanceEngine["lacks"]> = {
  full: "Kafka drops its oldest messages at a size, so that maxBytes is refused",
  gone: "the mock cluster keeps nothing over its end",
  duplicates: "Kafka knows no ids of messages",
  trimmed: "the mock cluster has no retention",
  "slow consumer": "the mock cluster keeps 5 MB",
};

/** Kafka for the conformance suite: the mock cluster of librdkafka. */
export async function startKafkaEngine(brokers: number): Promise<RunningEngine> {
  const kafka = await startMockKafka(brokers);
  return {
    // It tells no settings.
    options: { url: kafka.url, allowUnsafe: true, log: { warn: () => {} } },
    kill: kafka.stop,
    restart: () => Promise.reject(new Error("The mock cluster keeps nothing.")),
    signal: kafka.signal,
    stop: kafka.stop,
  };
}
