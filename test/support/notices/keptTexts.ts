import type { KeptDocuments } from "@rumkit/server";

/** Documents that outlive what wrote them, as those of a file do, without a disk. */
export interface KeptTexts {
  readonly documents: KeptDocuments;
  /** Number of documents of a section. */
  size(section: string): number;
  /** While it is set, every write is refused with it. */
  failing: Error | undefined;
}

export function createKeptTexts(): KeptTexts {
  const sections = new Map<string, Map<string, string>>();
  const sectionOf = (name: string): Map<string, string> => {
    const found = sections.get(name) ?? new Map<string, string>();
    sections.set(name, found);
    return found;
  };
  const kept: KeptTexts = {
    failing: undefined,
    size: (section) => sectionOf(section).size,
    documents: {
      read: (section) => [...sectionOf(section)].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      write: async (changes) => {
        if (kept.failing) throw kept.failing;
        for (const { section, key, text } of changes) {
          if (text === undefined) sectionOf(section).delete(key);
          else sectionOf(section).set(key, text);
        }
      },
    },
  };
  return kept;
}
