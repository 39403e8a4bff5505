import { randomUUID } from "node:crypto";
import type { LiveSilence, SilenceRequest } from "@rumkit/protocol";
import type { Alert, Moment } from "../alerts/alert.ts";
import type { AuditLog } from "../audit/audit.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { KeptState } from "../journal/keptState.ts";
import { faultOfMatcher, type MatchesAlert, readMatchers } from "./matchers.ts";

/** Milliseconds for which an ended silence is still listed: a day, so that the next shift sees it. */
const KEPT_MS = 86_400_000;

/** Maximum silences that have not ended; each is tested against each alert. */
const MAX_SILENCES = 500;
const MAX_MATCHERS = 20;
const MAX_TEXT = 500;
/** A year: a longer silence is a rule that should be removed. */
const MAX_MS = 366 * 86_400_000;

/** A silence, as it is requested. */
type WantedSilence = Omit<SilenceRequest, "by"> & { readonly by: string; readonly startsAt?: Moment };

/** The reason why a request of a person cannot be done. The text is for that person. */
export class NoticeRequestError extends Error {
  /** `missing`: what it names does not exist. `invalid`: it has a fault. `not_kept`: the journal refused it. */
  readonly code: "missing" | "invalid" | "not_kept";

  constructor(code: NoticeRequestError["code"], message: string) {
    super(message);
    this.name = "NoticeRequestError";
    this.code = code;
  }
}

/** Silences of people: an alert that one matches has no notices until it ends. Its resolve follows where its fire was sent. */
export interface Silences {
  /** Silences that have not ended, and those that ended within a day; newest first. */
  list(at: Moment): readonly LiveSilence[];
  /** Resolves when it is durable. Throws a `NoticeRequestError`. */
  create(wanted: WantedSilence): Promise<LiveSilence>;
  /** Ends a silence now. Ending one that has ended does nothing. Throws a `NoticeRequestError`. */
  end(id: string, by: string, why: string): Promise<void>;
  /** The ids of silences that match an alert at this moment. */
  matching(alert: Alert, at: Moment): readonly string[];
}

export interface SilenceParts {
  readonly state: KeptState;
  readonly now: () => Moment;
  readonly audit: Pick<AuditLog, "add">;
}

const SECTION = "notices/silences";
const SHAPE = {
  id: "text",
  matchers: ["text"],
  by: "text",
  why: "text",
  startsAt: "number",
  endsAt: "number",
} as const;

export function createSilences({ state, now, audit }: SilenceParts): Silences {
  const { silences, keep } = createKeptSilences(state, now);
  return {
    list: (at) =>
      [...silences.values()]
        .map(({ silence }) => silence)
        .filter(({ endsAt }) => endsAt >= at - KEPT_MS)
        .toSorted((a, b) => b.startsAt - a.startsAt),
    create: async (wanted) => {
      const silence = checkSilence(wanted, now());
      const open = [...silences.values()].filter(({ silence: { endsAt } }) => endsAt > now());
      if (open.length >= MAX_SILENCES) {
        throw invalid(`There are ${MAX_SILENCES} silences that have not ended. End some of them first.`);
      }
      await keep(silence);
      const { id, by, why, matchers, endsAt } = silence;
      const facts = { matchers: matchers.join(", "), endsAt };
      audit.add({ at: now(), who: by, what: "silence_created", about: id, why, facts });
      return silence;
    },
    end: async (id, by, why) => {
      const found = silences.get(id)?.silence;
      if (!found) throw new NoticeRequestError("missing", `There is no silence "${id.slice(0, 64)}".`);
      if (found.endsAt <= now()) return;
      await keep({ ...found, endsAt: now() });
      audit.add({ at: now(), who: by, what: "silence_ended", about: id, why });
    },
    matching: (alert, at) =>
      [...silences.values()]
        .filter(
          ({ silence: { startsAt, endsAt }, matches }) => at >= startsAt && at < endsAt && matches(alert),
        )
        .map(({ silence: { id } }) => id),
  };
}

/** Silences by their ids, with what they match. Each is durable before it is in the map. */
function createKeptSilences(state: KeptState, now: () => Moment) {
  const silences = new Map<string, { silence: LiveSilence; matches: MatchesAlert }>();
  for (const [id, silence] of state.read<LiveSilence>(SECTION, SHAPE)) {
    // As with every document that cannot be read.
    if (silence.matchers.some((matcher) => faultOfMatcher(matcher) !== undefined)) continue;
    silences.set(id, { silence, matches: readMatchers(silence.matchers) });
  }
  const keep = async (silence: LiveSilence): Promise<void> => {
    const before = silences.get(silence.id)?.silence;
    const old = [...silences.keys()].filter((id) => silences.get(id)!.silence.endsAt < now() - KEPT_MS);
    const isKept = await state.decide(
      [documentOf(silence.id, silence), ...old.map((id) => documentOf(id, undefined))],
      [documentOf(silence.id, before)],
    );
    if (!isKept) throw notKept();
    for (const id of old) silences.delete(id);
    silences.set(silence.id, { silence, matches: readMatchers(silence.matchers) });
  };
  return { silences, keep };
}

function documentOf(id: string, silence: LiveSilence | undefined): DocumentChange {
  return { section: SECTION, key: id, text: silence && JSON.stringify(silence) };
}

function checkSilence(wanted: WantedSilence, now: Moment): LiveSilence {
  const { matchers, by, why, startsAt = now, endsAt } = wanted;
  if (matchers.length === 0 || matchers.length > MAX_MATCHERS) {
    throw invalid(`A silence has 1 to ${MAX_MATCHERS} matchers, e.g. "alertname=ShopCheckoutErrors".`);
  }
  for (const matcher of matchers) {
    const fault = faultOfMatcher(matcher);
    if (fault !== undefined) throw invalid(`The matcher ${JSON.stringify(matcher.slice(0, 64))} ${fault}.`);
  }
  if (readMatchers(matchers)(NAMELESS)) {
    throw invalid("The matchers match every alert. Name at least one label with a value.");
  }
  for (const [name, text] of [
    ["author", by],
    ["reason", why],
  ] as const) {
    if (text.trim() === "" || text.length > MAX_TEXT)
      throw invalid(`The ${name} has 1 to ${MAX_TEXT} characters.`);
  }
  if (!(endsAt > startsAt) || !(endsAt > now))
    throw invalid("A silence ends after it begins, and later than now.");
  if (endsAt - startsAt > MAX_MS) throw invalid("A silence lasts at most a year.");
  return { id: randomUUID(), matchers, by, why, startsAt, endsAt };
}

/** An alert without labels: matchers that match it may match everything. */
const NAMELESS = { name: "", labels: {} } as Alert;

/** The error of a decision that the journal refused. Nothing has happened. */
export function notKept(): NoticeRequestError {
  return new NoticeRequestError("not_kept", "The journal could not keep it, so it was not done. Try again.");
}

function invalid(message: string): NoticeRequestError {
  return new NoticeRequestError("invalid", message);
}
