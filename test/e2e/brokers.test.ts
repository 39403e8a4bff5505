import { testBroker } from "../support/brokers/conformance.ts";
import { KINDS } from "../support/brokers/engine.ts";
import { startJetStream } from "../support/brokers/jetStreamEngine.ts";
import { LACKS_OF_MOCK, startKafkaEngine } from "../support/brokers/kafkaEngine.ts";
import { startRedisEngine } from "../support/brokers/redisEngine.ts";

testBroker({ name: "JetStream, one server", start: () => startJetStream(1) });
testBroker({
  name: "Redis streams, one server",
  start: startRedisEngine,
  // Each message is synced to the disk: 20 MB take seconds.
  usual: KINDS.filter((kind) => kind !== "slow consumer"),
});
testBroker({
  name: "Kafka, a mock cluster of three",
  start: () => startKafkaEngine(3),
  lacks: LACKS_OF_MOCK,
  // Both attempts of a producer wait for their answers.
  usual: KINDS.filter((kind) => kind !== "silent"),
});
