import { toLearnedName } from "../catalog/names.ts";
import { isRejection } from "../base/rejection.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";

/** Maximum keys of one name that are remembered, and values of a key: enough for a label, too few to list users. */
const MAX_KEYS = 8;
const MAX_VALUES = 10;
const MAX_LETTERS = 40;

/** Maximum calls of a name that are recorded: the first ones show whether a key can be a label. */
const MAX_CALLS = 1_000;

/** The record of the calls by one name. */
export interface SeenCall {
  /** Calls that were recorded. */
  calls: number;
  readonly keys: Map<string, SeenKey>;
  /** The smallest and the largest value of a measurement. */
  range: { least: number; most: number } | undefined;
}

interface SeenKey {
  /** Calls that had a text under the key. */
  calls: number;
  /** Its values; undefined if there were too many, or one that cannot be a name. */
  values: Set<string> | undefined;
}

/** Remembers the details of undeclared calls, for the draft of a catalog. In memory, bounded. */
export interface SeenCalls {
  /** Records a call of a page or of server code. Never throws. */
  see(kind: string, name: string, details: Readonly<Record<string, unknown>>, value?: number): void;
  of(kind: string, name: string): SeenCall | undefined;
}

/** @param isPersonal Returns true for text that scrubbing removes. */
export function createSeenCalls(maxNames: number, isPersonal: (text: string) => boolean): SeenCalls {
  const kinds = new Map<string, Map<string, SeenCall>>();

  const recall = (kind: string, name: string): SeenCall | undefined => {
    const names = kinds.get(kind) ?? new Map<string, SeenCall>();
    kinds.set(kind, names);
    const known = names.get(name);
    if (known || names.size >= maxNames) return known;
    const made: SeenCall = { calls: 0, keys: new Map(), range: undefined };
    names.set(name, made);
    return made;
  };

  const seeKey = (call: SeenCall, key: string, value: string): void => {
    const known = call.keys.get(key);
    if (!known && call.keys.size >= MAX_KEYS) return;
    const seen = known ?? { calls: 0, values: new Set<string>() };
    call.keys.set(key, seen);
    seen.calls += 1;
    if (!seen.values || seen.values.has(value)) return;
    const isName = value !== "" && value.length <= MAX_LETTERS && !isPersonal(value);
    if (isName && seen.values.size < MAX_VALUES) seen.values.add(value);
    else seen.values = undefined;
  };

  return {
    see: (kind, name, details, value) => {
      const call = recall(kind, toLearnedName(name));
      if (!call || call.calls >= MAX_CALLS) return;
      call.calls += 1;
      if (value !== undefined) {
        const { least, most } = call.range ?? { least: value, most: value };
        call.range = { least: Math.min(least, value), most: Math.max(most, value) };
      }
      for (const [key, text] of Object.entries(details))
        if (typeof text === "string") seeKey(call, key, text);
    },
    of: (kind, name) => kinds.get(kind)?.get(name),
  };
}

/** Wraps a vocabulary, so that each counted call is remembered by its name. */
export function rememberingCalls(translate: PageVocabulary, seen: SeenCalls): PageVocabulary {
  return (event, routeBefore) => {
    const counted = translate(event, routeBefore);
    if (isRejection(counted)) return counted;
    if (event.type === "action" || event.type === "conversion" || event.type === "measurement")
      seen.see(
        event.type,
        event.name,
        event.details ?? {},
        event.type === "measurement" ? event.value : undefined,
      );
    return counted;
  };
}
