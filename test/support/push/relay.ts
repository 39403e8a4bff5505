/** A relay in front of a real receiver of remote write, which fails as a test says. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeRequest1 } from "./decode.ts";

export interface Relay {
  readonly url: string;
  /** Requests that were not passed on, with the times of their samples in milliseconds since 1970. */
  readonly refused: readonly { readonly ats: readonly number[] }[];
  /** Answers the following requests with a status, or closes their connection. Undefined passes them on. */
  answer(fault: number | "closed" | undefined): void;
  stop(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const refused: { ats: number[] }[] = [];
  let fault: number | "closed" | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (fault !== undefined) {
        const ready = decodeRequest1(body).filter(({ labels }) => labels["__name__"] === "rum_ready");
        refused.push({ ats: ready.flatMap(({ samples }) => samples.map(({ at }) => at)) });
        if (fault === "closed") request.socket.destroy();
        else response.writeHead(fault).end("no");
        return;
      }
      const headers = Object.entries(request.headers).filter(([name]) =>
        /^(?:content-(?:type|encoding)|x-)/.test(name),
      );
      fetch(target, { method: "POST", body, headers: headers as [string, string][] }).then(
        async (answer) => response.writeHead(answer.status).end(await answer.text()),
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`,
    refused,
    answer: (next) => {
      fault = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
