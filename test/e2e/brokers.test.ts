import { testBroker } from "../support/brokers/conformance.ts";
import { startJetStream } from "../support/brokers/jetStreamEngine.ts";

testBroker({ name: "JetStream, one server", start: () => startJetStream(1) });
