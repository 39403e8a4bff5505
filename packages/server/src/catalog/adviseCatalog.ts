import type { Catalog } from "@rumkit/protocol";

/** The groups of the catalog whose entries have a help text. */
const HELPED = ["actions", "conversions", "measurements", "features", "jobs", "ingested"] as const;

/** Returns warnings about a valid catalog, one sentence each. They do not prevent a start. */
export function adviseCatalog(catalog: Catalog): string[] {
  const helps = HELPED.flatMap((group) =>
    Object.entries(catalog[group] ?? {}).map(([name, { help }]) => ({ path: `${group}.${name}.help`, help })),
  );
  return [
    ...helps
      .filter(({ help }) => toSentence(help) !== help)
      .map(({ path }) => `${path} does not end with a full stop. /metrics adds it.`),
    ...catalog.routes
      .filter((route) => /\/\$[a-zA-Z]/.test(route))
      .map(
        (route) => `routes has "${route}", in which "$" is a plain character. Use ":name" for a parameter.`,
      ),
  ];
}

/** A help text with a full stop, as Prometheus and the dashboards show it. */
export function toSentence(help: string): string {
  const text = help.trim();
  return /[.!?。]$/.test(text) ? text : `${text}.`;
}
