/** A line of the comparison: events, or cents of overage. */
type Row = "attempts" | "borrowed" | "overage" | "cost in cents" | "returned" | `refused: ${string}`;

/** Everything that happened to the licenses of each tool, in whole numbers. */
export interface Ledger {
  readonly add: (row: Row, tool: string, by?: number) => void;
  /** By row and tool: `borrowed compiler`. Without what is 0. */
  readonly entries: () => Readonly<Record<string, number>>;
  /** The sums over all tools, by row. */
  readonly sums: () => Readonly<Record<string, number>>;
}

export function createLedger(): Ledger {
  const entries: Record<string, number> = {};
  const sums: Record<string, number> = {};
  return {
    add: (row, tool, by = 1) => {
      if (by === 0) return;
      const key = `${row} ${tool}`;
      entries[key] = (entries[key] ?? 0) + by;
      sums[row] = (sums[row] ?? 0) + by;
    },
    entries: () => ({ ...entries }),
    sums: () => ({ ...sums }),
  };
}

/** Reads a scrape of the license server as a ledger. Every family is a counter of it; durations are left out. */
export function readCounts(exposition: string): Ledger {
  const ledger = createLedger();
  for (const line of exposition.split("\n")) {
    const [, family, text, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (family === undefined) continue;
    const labels: Partial<Record<string, string>> = Object.fromEntries(
      [...text!.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, of]) => [name, of]),
    );
    const row = rowOf(family, labels);
    if (row) ledger.add(row, labels["tool"]!, row === "cost in cents" ? toCents(value!) : Number(value));
  }
  return ledger;
}

function rowOf(family: string, labels: Partial<Record<string, string>>): Row | undefined {
  if (labels["tool"] === undefined) return undefined;
  if (family === "revenue_total") return "cost in cents";
  if (family === "actions_total")
    return labels["action"] === "borrow_attempt" ? "attempts" : `refused: ${labels["reason"]}`;
  if (family !== "conversions_total") return undefined;
  const rows: Partial<Record<string, Row>> = { borrow: "borrowed", overage: "overage", return: "returned" };
  return rows[labels["conversion"]!];
}

/** Of `1084.50`: 108450. */
function toCents(amount: string): number {
  return Math.round(Number(amount) * 100);
}
