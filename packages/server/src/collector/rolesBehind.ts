import type { PartRoute } from "../part/part.ts";
import type { ClusterOptions } from "./clusterOptions.ts";

type Role = ClusterOptions["role"];

/** The sentence for people who ask a role that shows nothing. Each aggregator knows only a share of the counts. */
const ELSEWHERE: Readonly<Partial<Record<Role, string>>> = {
  edge: "This process is an edge, which publishes what it accepts. The live page, alerts, errors and history are at the process with the role live.",
  aggregate:
    "This process is an aggregator, which counts a share. The live page over all of them is at the process with the role live.",
};

/** The options with which the other parts of such a role start: they evaluate and keep nothing for people. */
const BEHIND_OPTIONS = { alerts: false, metricsStream: false } as const;

/** Returns the options of a collector without those that its role leaves to the role live. */
export function optionsOfRole<O extends { readonly cluster?: ClusterOptions | undefined }>(options: O): O {
  return isBehind(options.cluster) ? { ...options, ...BEHIND_OPTIONS } : options;
}

/**
 * Replaces the routes that show counted events: all of an edge, which counts none, and the page of an aggregator. Tools may
 * read the share of an aggregator.
 */
export function routesOfRole(
  routes: readonly PartRoute[],
  cluster: ClusterOptions | undefined,
): readonly PartRoute[] {
  const message = cluster && ELSEWHERE[cluster.role];
  if (message === undefined) return routes;
  const isHidden = cluster?.role === "edge" ? showsCounts : isPage;
  return routes.map((route) => {
    if (!isHidden(route)) return route;
    const { method, under, path } = route;
    return { method, under, path, handler: (c) => c.json({ error: { code: "not_here", message } }, 404) };
  });
}

function isBehind(cluster: ClusterOptions | undefined): boolean {
  return cluster !== undefined && ELSEWHERE[cluster.role] !== undefined;
}

function isPage({ under, path }: PartRoute): boolean {
  return under === "live" && PAGE.has(path);
}

/** The live page, and the links to it. */
const PAGE: ReadonlySet<string> = new Set(["", "/share", "/share/end"]);

function showsCounts(route: PartRoute): boolean {
  return route.under === "live" || ("scope" in route && OF_LIVE.has(route.scope));
}

const OF_LIVE: ReadonlySet<string | undefined> = new Set(["live", "alerts", "admin"]);
