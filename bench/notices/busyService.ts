/** A webhook that is too busy for a while: 429 with Retry-After, then 200. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface BusyService {
  readonly url: string;
  /** From now on it takes what it gets. */
  recover(): void;
  /** Alerts of which it took a notice, by status and name, and how often. */
  readonly taken: Readonly<Record<"firing" | "resolved", ReadonlyMap<string, number>>>;
  /** Requests that it answered with 429. */
  readonly refused: () => number;
  close(): void;
}

/** The part of Alertmanager's body, version 4, that both senders share. */
interface Body {
  readonly alerts: readonly {
    readonly status: "firing" | "resolved";
    readonly labels: { readonly alertname: string };
  }[];
}

export async function startBusyService(retryAfterSeconds: number): Promise<BusyService> {
  const taken = { firing: new Map<string, number>(), resolved: new Map<string, number>() };
  let isBusy = true;
  let refused = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (isBusy) {
        refused += 1;
        response.writeHead(429, { "retry-after": String(retryAfterSeconds) }).end();
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      for (const { status, labels } of body.alerts)
        taken[status].set(labels.alertname, (taken[status].get(labels.alertname) ?? 0) + 1);
      response.writeHead(200).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    recover: () => {
      isBusy = false;
    },
    taken,
    refused: () => refused,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
