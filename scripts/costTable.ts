import type { Catalog } from "@rumkit/protocol";
import { buildWorstCase, draftMetrics } from "@rumkit/server/internal/metrics";
import { createReport, type Report } from "../packages/cli/src/cost/report.ts";

const BASE: Catalog = { app: "shop", routes: numbered(10, "/page-") };
const HELP = "For the table.";

/** Declarations that people ask about, each added to a catalog with ten routes. */
const ADDITIONS: readonly (readonly [what: string, catalog: Catalog])[] = [
  ["ten more routes", { ...BASE, routes: numbered(20, "/page-") }],
  ["an action", { ...BASE, actions: { save: { help: HELP } } }],
  [
    "an action with a label of ten values",
    { ...BASE, actions: { save: { help: HELP, labels: { plan: numbered(10, "plan_") } } } },
  ],
  [
    "an action with two labels of ten values",
    {
      ...BASE,
      actions: { save: { help: HELP, labels: { plan: numbered(10, "plan_"), region: numbered(10, "r_") } } },
    },
  ],
  [
    "a conversion with money in two currencies, from the server",
    {
      ...BASE,
      conversions: { purchase: { help: HELP, value: { money: ["USD", "EUR"] }, from: "server" } },
    },
  ],
  ["a funnel of four steps", { ...BASE, funnels: { sign_up: numbered(4, "page_view:/page-") } }],
];

/** Computed as by `rumkit check`: a first row for the base, then the difference that each addition makes. */
export function renderCostTable(): string {
  const base = check(BASE);
  const rows = ADDITIONS.map(([what, catalog]) => {
    const cost = check(catalog);
    return [
      what,
      `+ ${format(cost.usual.series - base.usual.series)}`,
      `+ ${format(cost.total.series - base.total.series)}`,
      `+ ${format(cost.total.lines - base.total.lines)}`,
      `+ ${format(cost.samplesPerDay.usual - base.samplesPerDay.usual)}`,
    ];
  });
  const first = [
    "ten routes, nothing declared",
    ...[base.usual.series, base.total.series, base.total.lines, base.samplesPerDay.usual].map(format),
  ];
  const head = ["catalog", "series, usually", "series, at most", "lines, at most", "samples a day, usually"];
  return [head, head.map((_, index) => (index === 0 ? "---" : "---:")), first, ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")
    .concat("\n");
}

function check(catalog: Catalog): Report {
  const { descriptors, faults } = draftMetrics(catalog);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const { metrics: worst } = buildWorstCase(descriptors);
  return createReport(catalog, { descriptors, worst, memory: 0, faults, maxBytes: Infinity, interval: 15 });
}

function numbered(count: number, prefix: string): [string, ...string[]] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`) as [string, ...string[]];
}

function format(value: number): string {
  return value.toLocaleString("en-US");
}
