import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { once } from "node:events";

/** Milliseconds since 1970, finer than `Date.now`. */
export function epochNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Sends single events to the collector, as a page does, and remembers when. */
export interface Sender {
  /** The time at which each event was sent: milliseconds since 1970. */
  readonly sentAt: readonly number[];
  send(): void;
  /**
   * Sends so many events a second for some seconds. The times are random: at fixed ones, they would all meet the same
   * phase of the collector's seconds.
   */
  run(perSecond: number, seconds: number): Promise<void>;
  close(): void;
}

const SIGNUP = { type: "conversion", name: "signup", route: "/", experience: "good" };

/** @param event What each batch has. Default the goal of the catalog beside this file. */
export async function openSender(port: number, event: object = SIGNUP): Promise<Sender> {
  const socket: Socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.setNoDelay(true);
  // The answers.
  socket.resume();
  const sentAt: number[] = [];
  const hex = (): string => randomUUID().replaceAll("-", "");
  const send = (): void => {
    const body = JSON.stringify({
      v: 1,
      id: hex(),
      session: hex(),
      sentAt: Date.now(),
      events: [event],
    });
    const head = [
      "POST /collect HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      `Origin: http://127.0.0.1:${port}`,
      "User-Agent: Mozilla/5.0 Firefox/140.0",
      "Content-Type: text/plain;charset=UTF-8",
      `Content-Length: ${body.length}`,
    ];
    sentAt.push(epochNow());
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  };
  return {
    sentAt,
    send,
    run: async (perSecond, seconds) => {
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        // Between half and one and a half of the distance.
        const pause = (1000 / perSecond) * (0.5 + Math.random());
        await new Promise((resolve) => setTimeout(resolve, pause));
        send();
      }
    },
    close: () => socket.destroy(),
  };
}
