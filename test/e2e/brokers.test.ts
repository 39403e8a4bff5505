import { testBroker } from "../support/brokers/conformance.ts";
import { startJetStream } from "../support/brokers/jetStreamEngine.ts";
import { LACKS_OF_MOCK, startKafkaEngine } from "../support/brokers/kafkaEngine.ts";
import { startRedisEngine } from "../support/brokers/redisEngine.ts";

testBroker({ name: "JetStream, one server", start: () => startJetStream(1) });
testBroker({ name: "Redis streams, one server", start: startRedisEngine });
testBroker({
  name: "Kafka, a mock cluster of three",
  start: () => startKafkaEngine(3),
  lacks: LACKS_OF_MOCK,
});
