/** Texts by section and key that survive a restart and SIGKILL. For the state of alerts, silences and notices. */
export interface KeptDocuments {
  /** The documents of a section from before this start, in the order of their keys (by their bytes in UTF-8). */
  read(section: string): Iterable<readonly [key: string, text: string]>;
  /**
   * Resolves when all changes are durable, all or none, in the order of the calls. Rejects with a `JournalError` if they
   * are not; after a failed sync of the disk a next start may find them all the same. `documents_full`: the section
   * would have more bytes than `MAX_SECTION_BYTES`; such changes are never kept.
   */
  write(changes: readonly DocumentChange[]): Promise<void>;
}

/** A document's new text; undefined removes it. */
export interface DocumentChange {
  readonly section: string;
  readonly key: string;
  readonly text: string | undefined;
}

/** A document in a journal's file. */
export type KeptDocument = readonly [section: string, key: string, text: string];

/**
 * Maximum bytes of a section: keys, texts, and `ROW_BYTES` for each document. All of them are read into memory by a start, so a
 * section is as large as the file of the live page's history may be.
 */
export const MAX_SECTION_BYTES = 16_777_216;
