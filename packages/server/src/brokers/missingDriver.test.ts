import { expect, test, vi } from "vitest";
import { openBroker } from "./openBroker.ts";

vi.mock("../base/optionalPackage.ts", () => ({ isInstalled: () => false }));

test("names the packages of a driver that are not installed", async () => {
  await expect(openBroker({ url: "nats://127.0.0.1:4222", app: "shop" })).rejects.toThrow(
    "[rumkit] A log at nats:// needs the package @nats-io/transport-node @nats-io/jetstream: npm install @nats-io/transport-node @nats-io/jetstream.",
  );
});
