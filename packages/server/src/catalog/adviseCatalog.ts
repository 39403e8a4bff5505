import type { Catalog } from "@rumkit/protocol";

/** Groups whose entries have a help text. */
const HELPED = ["actions", "conversions", "measurements", "features", "jobs", "ingested"] as const;

/** Warnings about a valid catalog, one sentence each. They do not refuse a start. */
export function adviseCatalog(catalog: Catalog): string[] {
  const helps = HELPED.flatMap((group) =>
    Object.entries(catalog[group] ?? {}).map(([name, { help }]) => ({ path: `${group}.${name}.help`, help })),
  );
  return [
    ...helps
      .filter(({ help }) => toSentence(help) !== help)
      .map(({ path }) => `${path} has no full stop at its end. It is added in /metrics.`),
    ...catalog.routes
      .filter((route) => /\/\$[a-zA-Z]/.test(route))
      .map((route) => `routes has "${route}", where "$" is a letter. Use ":name" for a parameter.`),
  ];
}

/** A help text as Prometheus and the boards show it: with a full stop. */
export function toSentence(help: string): string {
  const text = help.trim();
  return /[.!?。]$/.test(text) ? text : `${text}.`;
}
