import type { KeptDocuments } from "../journal/keptDocuments.ts";
import type { Moment } from "../alerts/alert.ts";
import type { Release, ReleaseReceiver } from "../receivers/pagerduty.ts";

const SECTION = "release_event";
const KEY = "newest";

/** Attempts for one receiver: a change event is context, and is worth little later. */
const MAX_ATTEMPTS = 5;

/** Milliseconds before the next attempt, unless the service names another time. */
const RETRY_MS = 60_000;

export interface ReleaseEventParts {
  readonly receivers: readonly ReleaseReceiver[];
  readonly documents: KeptDocuments;
  readonly app: string;
  /** The live page. */
  readonly live: string | undefined;
  /** The newest release that was reported. */
  readonly release: () => string | undefined;
  readonly warn: (kind: string, sentence: string) => void;
}

interface Waiting {
  readonly receiver: ReleaseReceiver;
  readonly release: Release;
  attempt: number;
  dueAt: Moment;
}

/**
 * Shows each new release once to the receivers that ask for releases. A collector that starts for the first time, or is
 * the first to know this option, shows no release that was there before.
 *
 * @returns A function to call once per second. It never throws.
 */
export function createReleaseEvents(parts: ReleaseEventParts): (at: Moment) => void {
  const { documents, app, live, release, warn } = parts;
  const receivers = parts.receivers.filter(({ sendRelease }) => sendRelease !== undefined);
  if (receivers.length === 0) return () => {};
  const kept = new Map(documents.read(SECTION)).get(KEY);
  let shown = kept ?? release();
  const deliveries = createDeliveries(warn);

  const keep = async (newest: string): Promise<void> =>
    documents.write([{ section: SECTION, key: KEY, text: newest }]);
  const see = (newest: string, at: Moment): void => {
    shown = newest;
    const event: Release = { app, release: newest, at, live };
    // Kept first: after a crash in between, a release is missing rather than shown twice.
    keep(newest)
      .then(() =>
        receivers.map((receiver) => deliveries.send({ receiver, release: event, attempt: 1, dueAt: at })),
      )
      .catch((error: unknown) => warn("not_kept", `The newest release cannot be kept: ${String(error)}`));
  };

  if (kept === undefined && shown !== undefined) keep(shown).catch(() => {});
  return (at) => {
    const newest = release();
    if (newest !== undefined && newest !== shown) see(newest, at);
    deliveries.sendDue(at);
  };
}

/** Sends events, and again while a receiver asks for it. */
function createDeliveries(warn: ReleaseEventParts["warn"]) {
  let waiting: Waiting[] = [];
  const send = async (event: Waiting): Promise<void> => {
    const outcome = await event.receiver.sendRelease!(event.release);
    if (outcome.kind === "delivered") return;
    if (outcome.kind === "retry" && event.attempt < MAX_ATTEMPTS) {
      const wait = outcome.afterMs ?? RETRY_MS;
      waiting.push({ ...event, attempt: event.attempt + 1, dueAt: event.dueAt + wait });
      return;
    }
    warn(
      `release ${event.receiver.name}`,
      `The receiver ${event.receiver.name} was not shown the release ${event.release.release}: ${outcome.reason}`,
    );
  };
  return {
    send,
    sendDue: (at: Moment): void => {
      const due = waiting.filter(({ dueAt }) => dueAt <= at);
      waiting = waiting.filter(({ dueAt }) => dueAt > at);
      for (const event of due) void send(event);
    },
  };
}
