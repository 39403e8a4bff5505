/** Texts by section and key that survive a restart and SIGKILL. For the state of alerts, silences and notices. */
export interface KeptDocuments {
  /** The documents of a section from before this start, in the order of their keys. */
  read(section: string): Iterable<readonly [key: string, text: string]>;
  /** Resolves when all changes are durable, all or none, in the order of the calls. Rejects with a `JournalError`. */
  write(changes: readonly DocumentChange[]): Promise<void>;
}

/** A document's new text; undefined removes it. */
export interface DocumentChange {
  readonly section: string;
  readonly key: string;
  readonly text: string | undefined;
}
