import type { Catalog } from "@rumkit/protocol";

/** A conversion, and the side that reports it. */
export interface Goal {
  readonly name: string;
  readonly side: "page" | "server";
}

/**
 * Returns the goal of the business: the conversion that is `primary`, else the first of the server with money, else the
 * first of the server, else the first. A sum over all goals would count an order and the intent to order as two.
 */
export function primaryConversion({ conversions = {} }: Pick<Catalog, "conversions">): Goal | undefined {
  const all = Object.entries(conversions);
  const ofServer = all.filter(([, { from }]) => from === "server");
  const [found] = [
    ...all.filter(([, { primary }]) => primary === true),
    ...ofServer.filter(([, { value }]) => value?.money),
    ...ofServer,
    ...all,
  ];
  return found && { name: found[0], side: found[1].from ?? "page" };
}
