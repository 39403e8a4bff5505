import { randomUUID } from "node:crypto";
import type { Broker } from "@rumkit/server";
import { type Message, topicOf, writeMessage } from "@rumkit/server/internal/testing";
import type { Order } from "../kills/orders.ts";

/** Publishes an order as an edge does: a batch by its session, a purchase by its id. Each call is another message. */
export async function publishOrder(broker: Broker, order: Order): Promise<void> {
  const { key, message } = toMessage(order);
  await broker.publish(topicOf(key, broker.partitions), { id: message.id, body: writeMessage(message) });
}

function toMessage({ path, body, counts }: Order): { readonly key: string; readonly message: Message } {
  const head = { id: randomUUID(), at: Date.now() };
  const text = body();
  if (path === "/collect") {
    const { session } = JSON.parse(text) as { readonly session: string };
    return { key: session, message: { ...head, kind: "batch", body: Buffer.from(text) } };
  }
  const { id } = JSON.parse(text) as { readonly id: string };
  const cents = counts['revenue_total{conversion="purchase",currency="EUR"}']!;
  const labels = { conversion: "purchase" };
  return {
    key: id,
    message: {
      ...head,
      kind: "call",
      key: id,
      samples: [
        { metric: "conversions_total", labels, value: 1 },
        { metric: "revenue_total", labels: { ...labels, currency: "EUR" }, value: cents },
      ],
      event: { type: "conversion", name: "purchase", count: 1, details: {}, source: "server" },
    },
  };
}
