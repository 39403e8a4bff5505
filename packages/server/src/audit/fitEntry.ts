import type { AuditEntry, AuditFact } from "@rumkit/protocol";

/** Maximum characters of the facts of an entry as JSON. */
const MAX_FACTS = 4_000;

/** Maximum characters of a text, by field. Names of tokens and receivers are shorter, reasons a paragraph. */
const MAX_TEXT = { who: 100, about: 200, why: 500 } as const;

/** Returns an entry within the limits of the log. Longer texts are cut, and say so. */
export function fitEntry(entry: AuditEntry): AuditEntry {
  const { who, about, why, facts, ...rest } = entry;
  return {
    ...rest,
    who: cut(who, MAX_TEXT.who),
    about: cut(about, MAX_TEXT.about),
    ...(why !== undefined && why !== "" && { why: cut(why, MAX_TEXT.why) }),
    ...(facts && { facts: fitFacts(facts) }),
  };
}

function cut(text: string, longest: number): string {
  const whole = text.toWellFormed();
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1).toWellFormed()}…`;
}

/** Keeps the first facts that fit. The fact `cut` is the number of those that do not. */
function fitFacts(facts: NonNullable<AuditEntry["facts"]>): NonNullable<AuditEntry["facts"]> {
  if (JSON.stringify(facts).length <= MAX_FACTS) return facts;
  const fit: Record<string, AuditFact> = {};
  // Room for `{"cut":123456}`.
  let room = MAX_FACTS - 20;
  let left = 0;
  for (const [name, fact] of Object.entries(facts)) {
    const short = typeof fact === "string" ? cut(fact, 200) : fact;
    const size = JSON.stringify(name).length + JSON.stringify(short).length + 2;
    if (size > room) left += 1;
    else fit[name] = short;
    if (size <= room) room -= size;
  }
  return left === 0 ? fit : { ...fit, cut: left };
}
