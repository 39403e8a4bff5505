import { testBroker } from "../support/brokers/conformance.ts";
import { startJetStream } from "../support/brokers/jetStreamEngine.ts";

testBroker({
  name: "JetStream, a cluster of three",
  start: () => startJetStream(3),
  isReplicated: true,
  // Those where three servers must agree: choosing leaders takes seconds.
  usual: ["acknowledge", "full", "records", "gone"],
});
