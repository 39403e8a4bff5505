import type { AddressInfo } from "node:net";

/** Reports what the benchmark needs of a server: its port once it listens, and its CPU time whenever it asks. */
export function announce(server: { address(): unknown }): void {
  process.send?.({ port: (server.address() as AddressInfo).port });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system });
  });
  process.on("disconnect", () => process.exit());
}
