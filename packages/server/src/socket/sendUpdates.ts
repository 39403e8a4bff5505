import { type Client, nextMoment } from "./hubClient.ts";
import type { MessageBytes, Messages } from "./messages.ts";
import type { Snapshot, Snapshots } from "./snapshots.ts";

export interface UpdateOptions {
  readonly snapshots: Snapshots;
  readonly messages: Messages;
}

/** An update for the clients that got the same state before. */
interface Shared {
  readonly before: Snapshot | undefined;
  readonly skipped: number;
  readonly bytes: MessageBytes;
}

/**
 * Sends one update to each client. The data of a selection is read and serialized once; clients that also got the same
 * state before share the bytes.
 */
export function sendUpdates(
  clients: Iterable<Client>,
  at: number,
  { snapshots, messages }: UpdateOptions,
): void {
  const bySelection = new Map<string, { readonly snapshot: Snapshot; readonly shared: Shared[] }>();
  for (const client of clients) {
    client.dueAt = nextMoment(client, at);
    if (client.connection.isBehind) {
      client.skipped += 1;
      client.connection.skipped();
      continue;
    }
    const found = bySelection.get(client.key);
    const selection = found ?? { snapshot: snapshots.read(client.subscription), shared: [] };
    if (!found) bySelection.set(client.key, selection);
    const { before, skipped } = client;
    let update = selection.shared.find((each) => each.before === before && each.skipped === skipped);
    if (!update) {
      update = { before, skipped, bytes: messages.update(selection.snapshot, before, skipped) };
      selection.shared.push(update);
    }
    client.connection.send(update.bytes);
    client.before = selection.snapshot;
    client.sentAt = at;
    client.skipped = 0;
  }
}
