import type { Moment } from "../alerts/alert.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { KeptState } from "../journal/keptState.ts";
import { SECTIONS } from "./receiverQueue.ts";

const NAMES = "notices/receivers";

/** Milliseconds for which the documents of a receiver are kept that is not in the options any more: it may come back. */
const KEPT_MS = 86_400_000;

/** A receiver of this start or of an earlier one. */
interface KnownReceiver {
  /** The first start without it; null while it is in the options. */
  readonly goneSince: Moment | null;
}

/**
 * Returns the changes that note the receivers of the options, and remove the documents of those that have been gone for a day.
 * One that was taken out by mistake gets what waits for it, and the resolves of what it has heard of.
 */
export function forgetReceivers(state: KeptState, names: readonly string[], now: Moment): DocumentChange[] {
  const known = new Map(state.read<KnownReceiver>(NAMES, { goneSince: "anything" }));
  const note = (name: string, goneSince: Moment | null): DocumentChange => ({
    section: NAMES,
    key: name,
    text: JSON.stringify({ goneSince }),
  });
  const present = names.filter((name) => known.get(name)?.goneSince !== null).map((name) => note(name, null));
  const gone = [...known].filter(([name]) => !names.includes(name));
  return [
    ...present,
    ...gone.flatMap(([name, { goneSince }]) => {
      if (goneSince === null) return [note(name, now)];
      return now - goneSince < KEPT_MS ? [] : forget(state, name);
    }),
  ];
}

function forget(state: KeptState, name: string): DocumentChange[] {
  const documents = SECTIONS.flatMap((kind) =>
    state.read(kind + name, "anything").map(([key]) => ({ section: kind + name, key, text: undefined })),
  );
  return [...documents, { section: NAMES, key: name, text: undefined }];
}
