import type { PageEvent, VitalEvent, WebVitalName, WebVitalRating } from "@rumkit/protocol";
import type { Random } from "./random.ts";

/** One thing that a visitor does. `send` is one batch, `request` a call of the shop's API. */
export type Step =
  | { kind: "wait"; milliseconds: number }
  | { kind: "send"; events: PageEvent[] }
  /** In the path, `:order` is the visitor's last order. `experience` travels in the request's baggage. */
  | {
      kind: "request";
      method: "GET" | "POST";
      path: string;
      body?: unknown;
      experience?: WebVitalRating;
    };

/** A second or so: shorter than people need, so that a newcomer soon sees the first order. */
export function think(random: Random): Step {
  return { kind: "wait", milliseconds: Math.round(random.between(250, 1_100)) };
}

export function send(...events: PageEvent[]): Step {
  return { kind: "send", events };
}

/** A call of the API, and what the page reports of it: never the query. */
export function get(
  random: Random,
  path: string,
  status = 200,
  seconds = random.between(0.005, 0.12),
): Step[] {
  const [name = path] = path.split("?");
  const value = round(seconds);
  return [
    { kind: "request", method: "GET", path },
    send({ type: "api_call", route: "/", name, method: "GET", status, value }),
  ];
}

export function vital(type: WebVitalName, value: number, route = "/"): VitalEvent {
  return { type, route, navigation: "hard", value: round(value) };
}

/** To a tenth of a millisecond. */
export function round(seconds: number): number {
  return Math.round(seconds * 1e4) / 1e4;
}
