import type { KeptDocuments } from "@rumkit/server";

/**
 * Documents of a journal that outlive what a test restarts: `read` has everything that was written.
 *
 * @param kept Those from before, as `texts` had them.
 */
export function createKeptTexts(
  kept: ReadonlyMap<string, string> = new Map(),
): KeptDocuments & { readonly texts: ReadonlyMap<string, string> } {
  const texts = new Map(kept);
  return {
    texts,
    read: (section) =>
      [...texts]
        .filter(([key]) => key.startsWith(`${section} `))
        .map(([key, text]) => [key.slice(section.length + 1), text] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    write: async (changes) => {
      for (const { section, key, text } of changes) {
        if (text === undefined) texts.delete(`${section} ${key}`);
        else texts.set(`${section} ${key}`, text);
      }
    },
  };
}
