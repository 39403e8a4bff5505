import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import { createAddressPolicy } from "./addressPolicy.ts";
import { certificateFault } from "./certificateFault.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import { urlFault } from "./receiverUrl.ts";
import { AddressRefused, createSafeLookup } from "./safeLookup.ts";

/** Milliseconds of one attempt, with connecting and reading (Standard Webhooks: 15 to 30 s). */
const TIMEOUT_MS = 15_000;

/** Maximum bytes of an answer that are read: answers of all services are shorter. */
const MAX_ANSWER_BYTES = 65_536;

/** A request to a receiver. */
interface SafeRequest {
  readonly url: string;
  readonly body: string | Uint8Array;
  /** In addition to `Content-Length` and `User-Agent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the answer to read in addition to `Retry-After`, in lower case. Default none. */
  readonly answerHeaders?: readonly string[] | undefined;
}

/** The result of one request. Reasons contain neither the URL nor a header. */
export type SafeAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** The header `Retry-After`. */
      readonly retryAfter: string | undefined;
      readonly text: string;
      /** The headers that the request asks for, as far as the answer has them. */
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** False if the answer was cut, by the peer or by the limit. */
      readonly isComplete: boolean;
    }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** True if the peer may have read the whole request. */
      readonly mayHaveArrived: boolean;
      /** True if no attempt with this URL can succeed. */
      readonly isForbidden: boolean;
    };

/** Posts, and never throws. */
export type SafePost = (request: SafeRequest) => Promise<SafeAnswer>;

/**
 * Returns a function that posts to a URL which someone configured: it connects to public addresses only, and to the
 * private ones that the options allow; it follows no redirect, uses no proxy, and bounds time and size.
 */
export function createSafePost({
  allowPrivateAddresses,
  addressOption,
  deadline,
  resolve,
}: ReceiverContext = {}): SafePost {
  const policy = createAddressPolicy(allowPrivateAddresses, addressOption);
  const startDeadline = deadline ?? (() => AbortSignal.timeout(TIMEOUT_MS));
  return async ({ url, body, headers, answerHeaders }) => {
    const fault = urlFault(url, policy);
    if (fault !== undefined)
      return { kind: "failed", reason: `The URL ${fault}`, mayHaveArrived: false, isForbidden: true };
    const isEncrypted = /^https:/i.test(url);
    try {
      const request = (isEncrypted ? requestHttps : requestHttp)(url, {
        method: "POST",
        // Each attempt has its own connection: a kept one may be closed by the peer just as it is used.
        agent: false,
        lookup: createSafeLookup(policy, isEncrypted, resolve),
        headers: { ...headers, "content-length": Buffer.byteLength(body), "user-agent": "rumkit" },
      });
      return await exchange(request, { body, answerHeaders, signal: startDeadline() });
    } catch {
      // Node refuses characters in a header. Its message has the header.
      return { kind: "failed", reason: "A header is invalid.", mayHaveArrived: false, isForbidden: true };
    }
  };
}

/** Sends the body and reads the answer. */
function exchange(
  request: ClientRequest,
  { body, answerHeaders, signal }: Pick<SafeRequest, "answerHeaders" | "body"> & { signal: AbortSignal },
): Promise<SafeAnswer> {
  return new Promise((resolve) => {
    let isConnected = false;
    const finish = (answer: SafeAnswer): void => {
      signal.removeEventListener("abort", onAbort);
      resolve(answer);
      request.destroy();
    };
    let hasAnswer = false;
    const fail = (reason: string, isForbidden = false): void => {
      if (!hasAnswer) finish({ kind: "failed", reason, mayHaveArrived: isConnected, isForbidden });
    };
    const onAbort = (): void => fail("It did not answer in time.");
    signal.addEventListener("abort", onAbort, { once: true });
    // Also after `finish`: an error without listener would end the process.
    request.on("error", (error) => fail(failureOf(error), error instanceof AddressRefused));
    request.on("socket", (socket: Socket) => {
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () => (isConnected = true));
    });
    request.on("response", (response) => {
      hasAnswer = true;
      readAnswer(response, { signal, answerHeaders }, finish);
    });
    // Without an answer, e.g. after 101.
    request.on("close", () => fail("The connection was closed."));
    if (signal.aborted) onAbort();
    else request.end(body);
  });
}

function readAnswer(
  response: IncomingMessage,
  { signal, answerHeaders }: Pick<SafeRequest, "answerHeaders"> & { signal: AbortSignal },
  finish: (answer: SafeAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const end = (isComplete: boolean): void =>
    finish({
      kind: "answer",
      status: response.statusCode ?? 0,
      retryAfter: response.headers["retry-after"],
      text: Buffer.concat(chunks).toString("utf8").slice(0, MAX_ANSWER_BYTES),
      isComplete,
      ...(answerHeaders && { headers: headersOf(response, answerHeaders) }),
    });
  // The status is known: an answer that stalls or is cut says as much as its status.
  signal.addEventListener("abort", () => end(false), { once: true });
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, Math.max(0, MAX_ANSWER_BYTES - size)));
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) end(false);
  });
  response.on("end", () => end(response.complete));
  response.on("error", () => end(false));
  response.on("close", () => end(false));
}

function headersOf(response: IncomingMessage, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = response.headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

/** A sentence from the error's code: messages of the system contain the address. */
function failureOf(error: Error): string {
  if (error instanceof AddressRefused) return `It was not contacted: ${error.message}.`;
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code: unknown = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const fault = certificateFault(cause);
  if (fault !== undefined) return fault;
  return typeof code === "string" && /^\w{1,60}$/.test(code)
    ? `The connection failed: ${code}.`
    : "The connection failed.";
}
