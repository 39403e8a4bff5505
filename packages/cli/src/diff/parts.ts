/** The boards and rules of generated files, by name. */
export interface Parts {
  /** Panels by title, by the title of their board. */
  readonly boards: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Alerts and recorded series, by name: `alert ShopJournalFailing`. Rules of one name are one text. */
  readonly rules: ReadonlyMap<string, string>;
}

/** Reads what `rumkit generate` writes. Only the content counts: the place of a panel on its board does not. */
export function readParts(files: ReadonlyMap<string, string>): Parts {
  const boards = new Map<string, ReadonlyMap<string, string>>();
  const rules = new Map<string, string>();
  for (const [path, text] of files) {
    if (path.endsWith(".json")) readBoard(text, boards);
    else for (const [name, rule] of readRules(text)) rules.set(name, `${rules.get(name) ?? ""}${rule}\n`);
  }
  return { boards, rules };
}

interface Panel {
  readonly title?: string;
  readonly type?: string;
  readonly panels?: readonly Panel[];
}

function readBoard(text: string, boards: Map<string, ReadonlyMap<string, string>>): void {
  const { title, panels } = JSON.parse(text) as Panel;
  if (title === undefined || panels === undefined) return;
  boards.set(title, new Map(panels.flatMap(readPanel)));
}

function readPanel(panel: Panel): (readonly [title: string, content: string])[] {
  if (panel.type === "row") return (panel.panels ?? []).flatMap(readPanel);
  const content = Object.entries(panel).filter(([key]) => key !== "id" && key !== "gridPos");
  return [[panel.title ?? "", JSON.stringify(content)]];
}

/** Splits our own YAML at the start of each rule. */
function readRules(text: string): (readonly [name: string, content: string])[] {
  return text
    .split(/^ +- (?=(?:alert|record): )/m)
    .slice(1)
    .map((block) => {
      const [, kind, name] = /^(alert|record): (.+)$/m.exec(block) ?? [];
      // The last rule of a group ends where the next group begins.
      const [content = ""] = block.split(/^ {2}- name: /m);
      return [`${kind} ${name?.replaceAll('"', "")}`, content.trimEnd()] as const;
    });
}
