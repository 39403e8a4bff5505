import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import {
  type AnswerRequest,
  type CollectRequest,
  NO_SNIFFING,
  type PlainAnswer,
} from "../http/collectRequest.ts";
import { answerRefusal } from "../http/refusal.ts";
import type { LinkClient } from "./linkClient.ts";
import { packRequests, readAnswers, type ReadRequest } from "./packedRequests.ts";
import { LINK_PATHS } from "./wire.ts";

/** Bytes of bodies that are sent together, so that no message is large. */
const MOST_BYTES = 1024 * 1024;

/** 32 MiB of requests that wait for the collector's answer: one that hangs must not fill the worker's memory. */
const MOST_WAITING_BYTES = 33_554_432;

/** Bytes that a request takes beside its body: its head and its connection. */
const HEAD_BYTES = 2_048;

/** Methods whose body is not read: the collector refuses them, or answers a preflight. */
const WITHOUT_BODY: readonly string[] = ["GET", "HEAD", "OPTIONS"];

interface Waiting extends ReadRequest {
  readonly answer: (answered: PlainAnswer) => void;
}

/**
 * Returns a function that lets the collector answer `/collect`. What arrives in one turn of the event loop is sent in one
 * message, because a separate message would cost each batch more than counting it.
 *
 * While the collector is away, or too much waits for it, the answer is 503: pages send again, and what arrived before
 * counts once.
 */
export function passBatchesOn({ send }: Pick<LinkClient, "send">): AnswerRequest {
  let waiting: Waiting[] = [];
  let bytes = 0;
  let waitingBytes = 0;
  const sendWaiting = (): void => {
    const group = waiting;
    waiting = [];
    bytes = 0;
    if (group.length > 0) void pass(send, group);
  };
  return async (request) => {
    try {
      const body = await readBody(request);
      const taken = body.length + HEAD_BYTES;
      if (waitingBytes + taken > MOST_WAITING_BYTES) return refuse(collectorAway());
      waitingBytes += taken;
      const answered = await new Promise<PlainAnswer>((answer) => {
        if (bytes + body.length > MOST_BYTES) sendWaiting();
        bytes += body.length;
        // After everything else that is ready in this turn.
        if (waiting.push({ request, body, answer }) === 1) process.nextTick(sendWaiting);
      });
      waitingBytes -= taken;
      return answered;
    } catch (error) {
      if (error instanceof CollectError) return refuse(error);
      throw error;
    }
  };
}

/** Never rejects. */
async function pass(send: LinkClient["send"], group: readonly Waiting[]): Promise<void> {
  try {
    const answers = readAnswers(await send(LINK_PATHS.batches, packRequests(group)), group.length);
    for (const [at, { answer }] of group.entries()) answer(answers[at]!);
  } catch {
    for (const { answer } of group) answer(refuse(collectorAway()));
  }
}

/** A body that is missing or too long is left to the collector, which refuses it in its order of checks. */
async function readBody(request: CollectRequest): Promise<Buffer> {
  const isRead = !WITHOUT_BODY.includes(request.method);
  if (!isRead || Number(request.header("content-length") ?? 0) > MAX_BATCH_BYTES) return NOTHING;
  try {
    return await request.readBody(MAX_BATCH_BYTES);
  } catch (error) {
    if (error instanceof CollectError && error.code === "empty_body") return NOTHING;
    throw error;
  }
}

const NOTHING = Buffer.alloc(0);

/** The error of a request that no collector answers. */
export function collectorAway(): CollectError {
  return new CollectError("draining", "The collector's process does not answer. Send it again.");
}

/** Answers a request that does not reach the collector. */
export function refuse(error: CollectError): PlainAnswer {
  return answerRefusal(error, { "access-control-allow-origin": "*", ...NO_SNIFFING }, { verbose: false });
}
