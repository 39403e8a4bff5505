import { JournalError } from "./journal.ts";
import {
  type DocumentChange,
  type KeptDocument,
  type KeptDocuments,
  MAX_SECTION_BYTES,
} from "./keptDocuments.ts";

/** Bytes of a row apart from its key and text, about: it bounds the number of small documents. */
const ROW_BYTES = 64;

/** Counts the bytes of sections, so that each stays within `MAX_SECTION_BYTES`. */
export interface SectionSizes {
  /**
   * Counts changes that are about to be written. Returns a function that takes them back. Throws a `JournalError`, and
   * counts nothing, if a section would be too large.
   */
  count(changes: readonly DocumentChange[]): () => void;
}

export function createSectionSizes(documents: Iterable<KeptDocument>): SectionSizes {
  const sections = new Map<string, Section>();
  const sectionOf = (name: string): Section => {
    let section = sections.get(name);
    if (!section) sections.set(name, (section = { bytes: 0, documents: new Map() }));
    return section;
  };
  const set = (section: Section, key: string, bytes: number): void => {
    section.bytes += bytes - (section.documents.get(key) ?? 0);
    if (bytes === 0) section.documents.delete(key);
    else section.documents.set(key, bytes);
  };
  for (const [name, key, text] of documents) set(sectionOf(name), key, bytesOf(key, text));
  return {
    count: (changes) => {
      const undo: (() => void)[] = [];
      const takeBack = (): void => undo.toReversed().forEach((step) => step());
      const grown = new Map<string, Section>();
      for (const { section: name, key, text } of changes) {
        const section = sectionOf(name);
        const before = section.documents.get(key) ?? 0;
        const bytes = text === undefined ? 0 : bytesOf(key, text);
        if (bytes > before) grown.set(name, section);
        set(section, key, bytes);
        undo.push(() => set(section, key, before));
      }
      for (const [name, { bytes }] of grown) {
        if (bytes <= MAX_SECTION_BYTES) continue;
        takeBack();
        throw new JournalError(
          "documents_full",
          `[rumkit] The documents "${name}" would have ${bytes} bytes, more than ${MAX_SECTION_BYTES}. Remove some first.`,
        );
      }
      return takeBack;
    },
  };
}

interface Section {
  bytes: number;
  /** Bytes by key. */
  readonly documents: Map<string, number>;
}

function bytesOf(key: string, text: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(text) + ROW_BYTES;
}

/** Documents that end with the process, within the same bounds as those of a durable journal. */
export function createMemoryDocuments(): KeptDocuments {
  const sizes = createSectionSizes([]);
  return {
    read: () => [],
    write: async (changes) => void sizes.count(changes),
  };
}
