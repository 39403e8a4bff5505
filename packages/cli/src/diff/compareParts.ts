import type { Parts } from "./parts.ts";

/** Names that were added, removed or changed. */
export interface NameChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface PartChanges {
  /** Whole boards, by title. */
  readonly boards: NameChanges;
  /** Panels of boards that both versions have: `Business: Conversion rate`. */
  readonly panels: NameChanges;
  readonly rules: NameChanges;
}

export function compareParts(before: Parts, after: Parts): PartChanges {
  const boards = compareTexts(mapValues(before.boards, joinPanels), mapValues(after.boards, joinPanels));
  const common = [...after.boards.keys()].filter((title) => before.boards.has(title));
  return {
    boards,
    panels: compareTexts(panelsOf(before, common), panelsOf(after, common)),
    rules: compareTexts(before.rules, after.rules),
  };
}

function panelsOf({ boards }: Parts, titles: readonly string[]): Map<string, string> {
  return new Map(
    titles.flatMap((board) =>
      [...(boards.get(board) ?? [])].map(([title, content]) => [`${board}: ${title}`, content] as const),
    ),
  );
}

function joinPanels(panels: ReadonlyMap<string, string>): string {
  return JSON.stringify([...panels].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function mapValues<From, To>(map: ReadonlyMap<string, From>, convert: (value: From) => To): Map<string, To> {
  return new Map([...map].map(([key, value]) => [key, convert(value)]));
}

function compareTexts(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): NameChanges {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].flatMap(([name, text]) =>
      before.has(name) && before.get(name) !== text ? [name] : [],
    ),
  };
}
