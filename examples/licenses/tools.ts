/** Licenses of one tool that a company shares, and what its contract says. */
export interface Tool {
  readonly title: string;
  /** Licenses in the pool. */
  readonly total: number;
  /** Licenses that the contract includes. Each one in use beyond them is an overage. */
  readonly commit: number;
  /** Licenses in overage at most. */
  readonly maxOverage: number;
  /** The price of one borrow in overage, in cents of `CURRENCY`. */
  readonly overagePrice: number;
}

export const CURRENCY = "USD";

/** The names of the tools: the values of the label `tool`. */
export const toolNames = ["configurator", "compiler", "calibration", "simulator", "bus_analyzer"] as const;

export type ToolName = (typeof toolNames)[number];

/** Pools that run out in different ways: of licenses, of overage, of both at once, and one without overage. */
export const tools: Readonly<Record<ToolName, Tool>> = {
  configurator: { title: "ECU Configurator", total: 20, commit: 5, maxOverage: 15, overagePrice: 50_000 },
  compiler: { title: "Cross Compiler", total: 20, commit: 8, maxOverage: 6, overagePrice: 12_050 },
  calibration: { title: "Calibration Suite", total: 15, commit: 10, maxOverage: 10, overagePrice: 7_525 },
  simulator: { title: "Network Simulator", total: 30, commit: 20, maxOverage: 5, overagePrice: 25_099 },
  bus_analyzer: { title: "Bus Analyzer", total: 12, commit: 12, maxOverage: 0, overagePrice: 19_900 },
};

export function isToolName(value: unknown): value is ToolName {
  return toolNames.some((name) => name === value);
}
