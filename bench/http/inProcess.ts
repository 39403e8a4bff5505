import { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { orShort } from "../rounds.ts";

/** Rounds of a few milliseconds each: short enough that some find the processor to themselves. */
const ROUNDS = orShort(600);
const REQUESTS = orShort(500, 50);
const WARM_UP = orShort(20_000, 50);

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A socket that takes everything and has no peer. */
function openSink(): Socket {
  const socket = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, callback) => callback(),
    writev: (_chunks, callback) => callback(),
  });
  return socket as Socket;
}

/** Node's own request and response, through the same listener as over a socket, without the kernel's part. */
async function ask(listener: Listener, socket: Socket, id: number): Promise<void> {
  const request = new IncomingMessage(socket);
  request.method = "GET";
  request.url = `/product/${id % 1_000}`;
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.headers = { host: "127.0.0.1" };
  request.rawHeaders = ["Host", "127.0.0.1"];
  request.complete = true;
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  await new Promise<void>((resolve) => {
    response.on("finish", () => {
      response.detachSocket(socket);
      response.emit("close");
      resolve();
    });
    void listener(request, response);
  });
}

async function cpuMicros(listener: Listener, requests: number): Promise<number> {
  const socket = openSink();
  const before = process.cpuUsage();
  for (let id = 0; id < requests; id += 1) await ask(listener, socket, id);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

/** CPU time of a request by name, µs: round by round, the listeners in turns. */
export async function measureInProcess<N extends string>(
  listeners: Readonly<Record<N, Listener>>,
): Promise<Map<N, number[]>> {
  const subjects = Object.entries(listeners) as [N, Listener][];
  for (const [, listener] of subjects) await cpuMicros(listener, WARM_UP);
  const micros = new Map<N, number[]>(subjects.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < subjects.length; index += 1) {
      // Each round begins with another one, so that the order changes.
      const [name, listener] = subjects[(index + round) % subjects.length]!;
      micros.get(name)?.push(await cpuMicros(listener, REQUESTS));
    }
  }
  return micros;
}
