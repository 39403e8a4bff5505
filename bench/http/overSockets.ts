import { type ChildProcess, fork } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { nextMessage } from "../nextMessage.ts";
import { orShort } from "../rounds.ts";
import { VARIANTS, type Variant } from "./countedApps.ts";

const TURNS = orShort(31);
const TURN_MS = orShort(500, 50);
const CONNECTIONS = 8;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start(variant: Variant): Promise<Server> {
  const child = fork(join(import.meta.dirname, "../servers/httpApp.ts"), [variant], { stdio: "inherit" });
  const { port } = await nextMessage<{ port: number }>(child);
  return { child, port };
}

async function cpuOf({ child }: Server): Promise<number> {
  child.send("cpu");
  const { cpuMicros } = await nextMessage<{ cpuMicros: number }>(child);
  return cpuMicros;
}

/** Asks over kept connections, one request at a time on each. Resolves to how many were answered. */
async function ask(port: number, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let answers = 0;
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      const send = () => socket.write(`GET /product/${answers % 1_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      socket.setNoDelay(true);
      socket.once("connect", send);
      socket.once("error", reject);
      // An answer is two hundred bytes: it comes in one piece.
      socket.on("data", (chunk) => {
        if (chunk.toString("latin1", 9, 12) !== "200") reject(new Error("An answer was no 200."));
        answers += 1;
        if (performance.now() < end) send();
        else socket.end(resolve);
      });
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
  return answers;
}

/** CPU time of a request by variant, µs: turn by turn. All four servers live at once. */
export async function measureOverSockets(): Promise<Map<Variant, number[]>> {
  const servers = await Promise.all(VARIANTS.map(start));
  for (const { port } of servers) await ask(port, orShort(2_000, 50));
  const micros = new Map<Variant, number[]>(VARIANTS.map((variant) => [variant, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (let index = 0; index < servers.length; index += 1) {
      const at = (index + turn) % servers.length;
      const server = servers[at]!;
      const before = await cpuOf(server);
      const requests = await ask(server.port, TURN_MS);
      micros.get(VARIANTS[at]!)?.push(((await cpuOf(server)) - before) / requests);
    }
  }
  for (const { child } of servers) child.disconnect();
  return micros;
}
