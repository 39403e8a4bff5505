import { NOTHING_SHOWN, type ShownEvents } from "../base/shownEvents.ts";
import { CollectError } from "../http/collectError.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import { journalFailed } from "../http/refusal.ts";
import type { Count } from "../journal/count.ts";
import type { AppendOutcome } from "../journal/journal.ts";
import { experienceIn } from "./activeSessions.ts";
import { answerOf, countedSamples, duplicateSamples, refusedSamples } from "./batchOutcome.ts";
import type { CollectOptions } from "./collectOptions.ts";
import { noteVitals } from "./noteVitals.ts";
import type { ReadEvents } from "./readEvents.ts";
import { browserFamily } from "./userAgent.ts";

/** Counts a batch once. */
export function countEvents(
  { batch, verdict, key, fingerprint, bot }: ReadEvents,
  request: CollectRequest,
  { count, now }: CollectOptions,
): ReturnType<Count> {
  const isBot = bot !== undefined;
  const samples = countedSamples(batch, verdict, isBot);
  if (!isBot) for (const sample of verdict.samples) samples.push(sample);
  const events = isBot
    ? NOTHING_SHOWN
    : withSender(verdict.events, request.header("user-agent"), batch.session);
  return count({ key, from: "page", fingerprint, at: now(), samples, events });
}

/** Waits for the journal. Throws `journal_failed` if it cannot keep the batch. */
export async function untilKept(
  counting: Promise<AppendOutcome>,
  { verdict }: ReadEvents,
  { record }: CollectOptions,
): Promise<AppendOutcome> {
  try {
    return await counting;
  } catch (error) {
    refusedSamples(verdict, "journal_failed").forEach(record);
    throw journalFailed("batch", error);
  }
}

/** Notes what a batch was: new, or counted before. Throws for one whose id belongs to another body. */
export function noteOutcome(
  outcome: AppendOutcome,
  { batch, verdict, bot }: ReadEvents,
  request: CollectRequest,
  { record, sessions, onRelease, onVital }: CollectOptions,
): void {
  if (outcome === "conflict") {
    refusedSamples(verdict, "id_conflict").forEach(record);
    throw new CollectError("id_conflict", "The id belongs to a batch with another body.");
  }
  if (outcome === "duplicate") duplicateSamples(verdict).forEach(record);
  else if (bot === undefined) {
    sessions.see(batch.session, batch.seq ?? 0, batch.rate, experienceIn(verdict.samples));
    noteVitals({ batch, verdict }, request.header("user-agent"), sessions, onVital);
    if (batch.release !== undefined) onRelease(batch.release);
  }
}

export function renderAnswer({ verdict, bot }: ReadEvents, outcome: AppendOutcome): string {
  const isDuplicate = outcome === "duplicate";
  const isPlain = bot === undefined && !isDuplicate && verdict.rejected.length === 0 && verdict.shed === 0;
  // Nearly every answer, in a tenth of the time.
  if (isPlain) return `{"accepted":${verdict.accepted}}`;
  return JSON.stringify(answerOf(verdict, { bot, isDuplicate }));
}

/** Adds the session, and to errors the browser: other events do not need it, and only the request has it. */
function withSender(events: ShownEvents, userAgent: string | undefined, session: string): ShownEvents {
  const sessions = [session];
  return {
    ...events,
    describe: () => {
      const browser = events.errors > 0 ? browserFamily(userAgent) : "";
      return events
        .describe()
        .map((event) =>
          event.type === "error"
            ? { ...event, session, details: { ...event.details, browser } }
            : { ...event, session },
        );
    },
    pageErrors: () => {
      const errors = events.pageErrors();
      const browser = browserFamily(userAgent);
      for (const error of errors) Object.assign(error, { browser, sessions });
      return errors;
    },
  };
}
