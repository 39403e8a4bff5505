import { randomBytes, randomInt } from "node:crypto";
import type { Tally } from "./tally.ts";

/** Something to be sent until it is acknowledged, and what it has to come to. */
export interface Order {
  readonly path: "/collect" | "/buy";
  /** The body, the same for every try. `freshId` gives it another id: for the control that has to fail. */
  body(freshId?: boolean): string;
  readonly counts: Tally;
  /** Events of a page that it stands for. */
  readonly events: number;
}

const pick = <T>(values: readonly T[]): T => values[randomInt(values.length)]!;
const hexId = (): string => randomBytes(16).toString("hex");

/** A batch of a page, of one to eight events. */
export function createBatchOrder(seq: number, session: string): Order {
  const counts: Tally = {};
  const add = (series: string, value: number): void => {
    counts[series] = (counts[series] ?? 0) + value;
  };
  const events = Array.from({ length: 1 + randomInt(8) }, () => createEvent(add));
  const batch = { v: 1, seq, session, sentAt: Date.now(), events };
  const id = hexId();
  return {
    path: "/collect",
    body: (freshId = false) => JSON.stringify({ ...batch, id: freshId ? hexId() : id }),
    counts,
    events: events.reduce((sum, { count }) => sum + count, 0),
  };
}

/** An order that server code counts, by its id. */
export function createPurchaseOrder(): Order {
  const id = hexId();
  const cents = 1 + randomInt(1_000_000);
  return {
    path: "/buy",
    body: (freshId = false) => JSON.stringify({ id: freshId ? hexId() : id, cents }),
    counts: {
      'conversions_total{conversion="purchase"}': 1,
      'revenue_total{conversion="purchase",currency="EUR"}': cents,
    },
    events: 0,
  };
}

type Add = (series: string, value: number) => void;

/** An event as it is sent. */
type PageEvent = { readonly type: string; readonly count: number } & Readonly<Record<string, unknown>>;

function createEvent(add: Add): PageEvent {
  const count = 1 + randomInt(3);
  return pick([createView, createPress, createWish, createEffort])(add, count);
}

function createView(add: Add, count: number): PageEvent {
  const route = pick(["/", "/a", "/b", "/c"]);
  add(`rum_page_views_total{route="${route}",navigation="hard",experience="unknown"}`, count);
  return { type: "page_view", route, count };
}

function createPress(add: Add, count: number): PageEvent {
  const key = pick(["x", "y", "z"]);
  add(`rum_actions_total{action="press",key="${key}"}`, count);
  return { type: "action", route: "/", name: "press", details: { key }, count };
}

function createWish(add: Add, count: number): PageEvent {
  const currency = pick(["EUR", "JPY"]);
  const amount = randomInt(1_000_000);
  add(`rum_conversions_total{conversion="wish",experience="unknown"}`, count);
  if (amount > 0) add(`rum_conversion_value_total{conversion="wish",currency="${currency}"}`, amount * count);
  return { type: "conversion", route: "/", name: "wish", amount, currency, count };
}

/** In steps of 1/1024 s, so that a sum of doubles is exact in whatever order. */
function createEffort(add: Add, count: number): PageEvent {
  const value = randomInt(2048) / 1024;
  for (const edge of [0.25, 0.5, 1, "+Inf"]) {
    if (edge === "+Inf" || value <= Number(edge)) add(`rum_effort_seconds_bucket{le="${edge}"}`, count);
  }
  add("rum_effort_seconds_count", count);
  if (value > 0) add("rum_effort_seconds_sum", value * 1024 * count);
  return { type: "measurement", route: "/", name: "effort", value, count };
}
