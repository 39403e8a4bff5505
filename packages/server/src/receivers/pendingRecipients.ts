/** Maximum notices that are remembered: more wait in no queue for one receiver. */
const MAX_NOTICES = 1_000;

/**
 * The recipients that a notice has not reached yet. A retry goes to them alone. After a restart of the process it goes to
 * all again.
 */
export interface PendingRecipients {
  of(id: string): readonly string[];
  /** Keeps those that a retry must reach; none forgets the notice. */
  keep(id: string, recipients: readonly string[]): void;
}

export function createPendingRecipients(all: readonly string[]): PendingRecipients {
  const pending = new Map<string, readonly string[]>();
  return {
    of: (id) => pending.get(id) ?? all,
    keep: (id, recipients) => {
      pending.delete(id);
      if (recipients.length > 0) pending.set(id, recipients);
      const [oldest] = pending.keys();
      if (pending.size > MAX_NOTICES && oldest !== undefined) pending.delete(oldest);
    },
  };
}
