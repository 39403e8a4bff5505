import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { onTestFinished } from "vitest";

/** Waits until a server listens, closes it with everything that is open after the test, and returns its origin. */
export async function listen(server: { address(): unknown; close(): unknown }): Promise<string> {
  const listening = server as Server & { closeAllConnections?(): void };
  if (!listening.listening) await once(listening, "listening");
  onTestFinished(() => {
    listening.close();
    listening.closeAllConnections?.();
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}
