import { createDueTimer } from "./dueTimer.ts";
import { type Client, type Connection, createClient, nextMoment, select } from "./hubClient.ts";
import type { Messages } from "./messages.ts";
import { type ClientMessage, MessageFault, readMessage } from "./readMessage.ts";
import { sendUpdates, type UpdateOptions } from "./sendUpdates.ts";
import { addFilters, countValues, EVERYTHING } from "./subscription.ts";

/** Values in all filters of a client: more than a person lists. */
const MAX_VALUES = 200;

/** Milliseconds between two states of a client at least, also if each of its messages asks for one. */
const LEAST_INTERVAL_MS = 100;

/** Milliseconds between two histories that a client asks for: each costs as much as dozens of updates. */
const HISTORY_INTERVAL_MS = 1_000;

/** RFC 6455, section 7.4.1: the server is going away. */
const GOING_AWAY = 1001;

export interface HubOptions extends UpdateOptions {
  readonly messages: Messages;
  /** The clock: milliseconds since 1970 that never go back. */
  readonly now: () => number;
}

/** A client, as its connection sees it. */
interface HubClient {
  /** Answers a message. Faults are answered, too. */
  receive(text: string): void;
  /** Answers a message that is not read. */
  refuse(fault: string): void;
  leave(): void;
}

/** The clients of `/metrics/stream`: their subscriptions, and the moments at which they get updates. */
export interface Hub {
  /** Sends the current state and its history, and updates from then on. */
  connect(connection: Connection): HubClient;
  /** Closes every connection with 1001. */
  close(): void;
}

export function createHub(options: HubOptions): Hub {
  const { now } = options;
  const clients = new Set<Client>();
  const answer = createAnswer(options);
  const { wake, stop } = createRounds(clients, options);

  return {
    connect: (connection) => {
      const client = createClient(connection);
      clients.add(client);
      sendHistory(client, options.snapshots.oldest, options);
      client.dueAt = nextMoment(client, now());
      wake();
      return {
        receive: (text) => {
          answer(client, text);
          wake();
        },
        refuse: (message) => connection.send(options.messages.encode("error", { message })),
        leave: () => {
          clients.delete(client);
          wake();
        },
      };
    },
    close: () => {
      stop();
      for (const { connection } of clients) connection.close(GOING_AWAY, "The collector is stopping.");
      clients.clear();
    },
  };
}

/** Sends updates to the clients that are due. Call `wake` when the moment of a client has changed. */
function createRounds(clients: ReadonlySet<Client>, options: HubOptions) {
  const { now } = options;
  const timer = createDueTimer(now, () => {
    const startedAt = performance.now();
    const at = now();
    const due = [...clients].filter(({ dueAt }) => dueAt <= at);
    sendUpdates(due, at, options);
    timer.rest(performance.now() - startedAt);
    wake();
  });
  const wake = (): void => {
    let first = Number.POSITIVE_INFINITY;
    for (const { dueAt } of clients) first = Math.min(first, dueAt);
    timer.wakeAt(first);
  };
  return { wake, stop: timer.stop };
}

/** Answers the messages of clients. */
function createAnswer(options: HubOptions): (client: Client, text: string) => void {
  const { messages } = options;
  const send = ({ connection }: Client, type: string, content?: object): void =>
    connection.send(messages.encode(type, content));

  const handle = (client: Client, message: ClientMessage): void => {
    if (message.type === "ping") return send(client, "pong");
    if (message.type === "subscribe") return subscribe(client, message, options);
    select(client, EVERYTHING);
    client.dueAt = Number.POSITIVE_INFINITY;
    client.skipped = 0;
    send(client, "unsubscribed", { filters: EVERYTHING });
  };
  return (client, text) => {
    try {
      handle(client, readMessage(text));
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error;
      send(client, "error", { message: error.message });
    }
  };
}

function subscribe(
  client: Client,
  { filters, lastId }: Extract<ClientMessage, { type: "subscribe" }>,
  options: HubOptions,
): void {
  const { messages, snapshots, now } = options;
  const subscription = addFilters(client.subscription, filters);
  if (countValues(subscription) > MAX_VALUES)
    throw new MessageFault(`All filters together have ${MAX_VALUES} values at most. Unsubscribe first.`);
  const resumes = lastId !== undefined;
  if (resumes && now() - client.historyAt < HISTORY_INTERVAL_MS)
    throw new MessageFault("A client may ask for a history once a second.");
  select(client, subscription);
  const tick = resumes ? messages.tickOf(lastId) : undefined;
  const content = { filters: subscription, ...(resumes && { resumed: tick !== undefined }) };
  client.connection.send(messages.encode("subscribed", content));
  if (!resumes) {
    // A client sees at once what it has subscribed to.
    client.dueAt = Math.max(now(), client.sentAt + LEAST_INTERVAL_MS);
    return;
  }
  client.historyAt = now();
  sendHistory(client, tick ?? snapshots.oldest, options);
  client.dueAt = nextMoment(client, now());
}

function sendHistory(client: Client, afterTick: number, { snapshots, messages, now }: HubOptions): void {
  const snapshot = snapshots.read(client.subscription);
  client.connection.send(messages.historical(client.subscription, snapshot, afterTick));
  client.before = snapshot;
  client.sentAt = now();
}
