import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Batch, PageEvent, WebVitalRating } from "@rumkit/protocol";
import { RELEASE } from "../release.ts";
import type { Step } from "./steps.ts";

export interface Stage {
  /** The address of the shop: `http://127.0.0.1:4000`. */
  origin: string;
  /** The address of a separate collector, to which the pages report. Default: the shop's, which has one. */
  collector?: string;
  /** Ends the visit in the middle of whatever it does. */
  signal: AbortSignal;
  /** The speed of the visitors, as a multiple of real time. Default 1. */
  pace?: number;
  /** The release of the pages that the visitor opens. Default: the first one. */
  release?: string;
  /** Answers a request. Default: the platform's `fetch`. */
  fetch?: (request: Request) => Response | Promise<Response>;
}

/** Does what the steps say, one after the other. Rejects where the shop cannot be reached, or on `signal`. */
export async function playVisit(steps: readonly Step[], stage: Stage): Promise<void> {
  const batchOf = createBatches(stage.release);
  let order = "none";
  let last: Answered | undefined;
  for (const step of steps) {
    if (step.kind === "wait") {
      await wait(step.milliseconds / (stage.pace ?? 1), undefined, { signal: stage.signal });
    } else if (step.kind === "send") {
      await call(stage, "/collect", "POST", batchOf(step.events.map((event) => withStatus(event, last))));
    } else {
      const path = step.path.replace(":order", order);
      const { status, text } = await call(stage, path, step.method, step.body, step.experience);
      if (step.path === "/api/checkout") order = idOf(text);
      last = { path, status };
    }
  }
}

/** A request that the shop has answered. */
interface Answered {
  readonly path: string;
  readonly status: number;
}

/** A page reports the status that it got: of a bad release, also a 500. */
function withStatus(event: PageEvent, last: Answered | undefined): PageEvent {
  const isOfLast = event.type === "api_call" && event.name === last?.path.split("?")[0];
  return isOfLast ? { ...event, status: last.status } : event;
}

/**
 * Numbers the batches of one session.
 *
 * Ids are random and not of the seed: a collector that remembers an id from yesterday's run of the same seed
 * would take today's batch for a retry.
 */
function createBatches(release = RELEASE): (events: readonly PageEvent[]) => Batch {
  const session = randomId();
  let seq = 0;
  return (events) => {
    return {
      v: 1,
      id: randomId(),
      seq: seq++,
      app: "shop",
      release,
      session,
      sentAt: Date.now(),
      events: [...events],
    };
  };
}

async function call(
  stage: Stage,
  path: string,
  method: string,
  body: unknown,
  experience?: WebVitalRating,
): Promise<{ status: number; text: string }> {
  const { origin, collector = origin, signal, fetch: answer = fetch } = stage;
  const response = await answer(
    new Request((path === "/collect" ? collector : origin) + path, {
      method,
      signal,
      headers: {
        origin,
        "content-type": path === "/collect" ? "text/plain" : "application/json",
        ...(experience !== undefined && { baggage: `rum.experience=${experience}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  // An unread body would keep its connection busy.
  return { status: response.status, text: await response.text() };
}

/** The id of what an answer says; "none" of a refusal. */
function idOf(answer: string): string {
  const { id } = JSON.parse(answer) as { id?: unknown };
  return typeof id === "string" ? id : "none";
}

/** 32 hexadecimal digits. */
function randomId(): string {
  return randomBytes(16).toString("hex");
}
