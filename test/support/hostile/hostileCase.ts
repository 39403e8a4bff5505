/** The type of a hostile case, and the shapes that most of them have. */

/** Closes the sending half, the connection, or resets it. */
export type Leaving = "ends" | "closes" | "resets";

/**
 * A request as bytes, and what it gets. `added` is the whole change of the collector's own counters, exact. Where
 * the answer is another one than a cautious reader might expect, `because` says why.
 */
export interface HostileCase {
  readonly title: string;
  /** The bytes that are written to the socket. */
  readonly bytes: Buffer;
  /** The status of the answer; undefined where the connection closes without one. */
  readonly status: number | undefined;
  /** The stable code of a refusal. */
  readonly code?: string;
  /** Codes of events that were refused, in their order. */
  readonly rejected?: readonly string[];
  /** By how much counters change; nothing else of `rum_events_*` and `rum_batches_*` does. */
  readonly added: Readonly<Record<string, number>>;
  /** The sender's next step after the bytes. Default it waits for the answer. */
  readonly leaves?: Leaving;
  readonly because?: string;
}

export const KEY = "pk_shop_0123456789";
const SHOP = "https://shop.example";
const SESSION = "f".repeat(32);
export const view = { type: "page_view", route: "/" };

let ids = 0;
export function nextId(): string {
  ids += 1;
  return ids.toString(16).padStart(32, "0");
}

export function batch(events: readonly unknown[] = [view], change: object = {}): string {
  return JSON.stringify({ v: 1, id: nextId(), session: SESSION, sentAt: 1, events, ...change });
}

interface Parts {
  readonly method?: string;
  readonly target?: string;
  /** undefined leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
}

/** A whole request from a new address. */
export function request({
  method = "POST",
  target = `/collect?key=${KEY}`,
  headers = {},
  body = batch(),
}: Parts): Buffer {
  const bytes = Buffer.from(body);
  const all: Record<string, string | undefined> = {
    Host: "rum.example",
    Origin: SHOP,
    Connection: "close",
    "Content-Length": String(bytes.length),
    "X-Forwarded-For": `198.51.100.${ids % 250}`,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1"),
    bytes,
  ]);
}

export const refused = (reason: string): Record<string, number> => ({
  [`rum_batches_rejected_total{reason="${reason}"}`]: 1,
});

export function refusal(
  title: string,
  status: number,
  code: string,
  parts: Parts,
  more: Partial<HostileCase> = {},
): HostileCase {
  return { title, bytes: request(parts), status, code, added: refused(code), ...more };
}

/** Node's parser answers before the collector hears of it. */
export function malformed(title: string, status: number, head: string, body = "{}"): HostileCase {
  return {
    title,
    bytes: Buffer.from(`${head.replaceAll("\n", "\r\n")}\r\n\r\n${body}`, "latin1"),
    status,
    added: {},
  };
}

/** Accepted events beside refused ones. */
export function judged(
  title: string,
  events: readonly unknown[],
  accepted: number,
  rejected: readonly string[],
  more: Partial<HostileCase> & { readonly change?: object } = {},
): HostileCase {
  const { change = {}, ...rest } = more;
  const byCode: Record<string, number> = {};
  for (const code of rejected) {
    const series = `rum_events_rejected_total{reason="${code}"}`;
    byCode[series] = (byCode[series] ?? 0) + 1;
  }
  const received = accepted + rejected.length;
  return {
    title,
    bytes: request({ body: batch(events, change) }),
    status: accepted > 0 ? 202 : 422,
    ...(accepted > 0 ? { rejected } : { code: "no_valid_event" }),
    added: {
      rum_events_received_total: received,
      ...byCode,
      ...(accepted > 0
        ? {
            rum_batches_accepted_total: 1,
            rum_events_accepted_total: accepted,
            rum_events_scaled_total: accepted,
          }
        : refused("no_valid_event")),
      ...rest.added,
    },
    ...rest,
  };
}
