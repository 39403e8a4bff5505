import { connect } from "node:net";

/** The origin that the batches claim. */
export const SITE = "https://shop.example";

/** A place in a body that every sending fills with a new value: 12 digits. */
const SLOT = "%NEW_VALUE!%";

/** Places for an id and a session of a batch. */
const ID = "i".repeat(32);
const SESSION = "s".repeat(32);

/** Events that carry a name, a path or a text of the attacker's, in every place that the wire has for one. */
const TEMPLATES: readonly object[] = [
  { type: "page_view", route: `/${SLOT}` },
  { type: "page_view", route: `/product/${SLOT}/${SLOT}` },
  { type: "click", name: SLOT },
  { type: "rage_click", name: `role:${SLOT}` },
  { type: "form_submit", name: SLOT },
  { type: "action", name: SLOT },
  { type: "action", name: "add_to_cart", details: { category: SLOT } },
  { type: "action", name: "add_to_cart", details: { category: "books", [SLOT]: SLOT } },
  { type: "conversion", name: SLOT, value: 1 },
  { type: "conversion", name: "signup", details: { value: 1, currency: SLOT } },
  { type: "measurement", name: SLOT, value: 0.2 },
  { type: "feature", name: SLOT },
  { type: "funnel_step", name: SLOT, step: 1 },
  { type: "LCP", value: 1.2, element: SLOT, part: "image" },
  { type: "INP", value: 0.1, element: SLOT, part: "processing", party: "first" },
  { type: "error", source: "uncaught", name: SLOT, message: SLOT, stack: `at ${SLOT} (/a.js:1:1)` },
  { type: "resource_error", name: SLOT },
  { type: "api_call", name: `/api/${SLOT}`, value: 0.1, method: SLOT, status: 200 },
  { type: "api_call", name: `https://${SLOT}.example/${SLOT}`, value: 0.1 },
  { type: SLOT },
];

/** A body that can be sent again and again, each time with values that are new. */
export interface HostileBody {
  /** The number of new values in each sending, without its id and session. */
  readonly values: number;
  /** The bytes of a request, changed in place by the next call. */
  next(): Buffer;
}

/** One page view of an unknown path. */
export function randomPathBatch(port: number): HostileBody {
  return createBody(port, [{ type: "page_view", route: `/${SLOT}` }]);
}

/** One page view of the same path every time. */
export function samePathBatch(port: number): HostileBody {
  return createBody(port, [{ type: "page_view", route: "/same-path-123" }]);
}

/** 200 events, as many as a batch may have, of every kind: each value is new with every sending. */
export function distinctValuesBatch(port: number): HostileBody {
  return createBody(port, everyKind);
}

/** The same 200 events, with the same values every time. */
export function sameValuesBatch(port: number): HostileBody {
  return createBody(port, JSON.parse(JSON.stringify(everyKind).replaceAll(SLOT, "same-value-1")) as object[]);
}

const everyKind = Array.from({ length: 200 }, (_, index) => TEMPLATES[index % TEMPLATES.length]!);

let sent = 0;

function createBody(port: number, events: readonly object[]): HostileBody {
  const body = JSON.stringify({ v: 1, id: ID, session: SESSION, sentAt: 1_795_000_007_000, events });
  const head = [
    "POST /collect HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `Origin: ${SITE}`,
    `Content-Length: ${body.length}`,
  ];
  const request = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
  const slots: number[] = [];
  for (let at = request.indexOf(SLOT); at >= 0; at = request.indexOf(SLOT, at + 1)) slots.push(at);
  const ids = [request.indexOf(ID), request.indexOf(SESSION)];
  return {
    values: slots.length,
    next: () => {
      // A letter first: digits alone would be a number for a reader of path templates.
      for (const at of slots) request.write(`x${(sent += 1).toString(36).padStart(11, "z")}`, at, "latin1");
      for (const at of ids) request.write((sent += 1).toString(16).padStart(32, "0"), at, "latin1");
      return request;
    },
  };
}

/** Sends so many batches over a few connections, one at a time on each, and returns the answers by status. */
export async function send(
  port: number,
  createBatch: (port: number) => HostileBody,
  batches: number,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let left = batches;
  const runConnection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const batch = createBatch(port);
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      const next = (): void => {
        answer = "";
        left -= 1;
        if (left < 0) socket.end(resolve);
        else socket.write(batch.next());
      };
      socket.setNoDelay(true);
      socket.once("connect", next);
      socket.on("data", (chunk) => {
        answer += chunk.toString("latin1");
        const end = answer.indexOf("\r\n\r\n");
        const length = /content-length: (\d+)/i.exec(answer)?.[1];
        if (end < 0 || length === undefined || answer.length < end + 4 + Number(length)) return;
        const status = Number(answer.slice(9, 12));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        next();
      });
      socket.once("error", reject);
    });
  await Promise.all(Array.from({ length: 8 }, runConnection));
  return statuses;
}
