import type { Collector } from "@rumkit/server";
import type { catalog } from "./catalog.ts";
import type { Pools, PoolStatus } from "./pools.ts";

/** Has the gauges of the catalog read from the pools, so that they are true at each scrape. */
export function observePools({ observeGauge }: Collector<typeof catalog>, pools: Pools): void {
  const read = (valueOf: (pool: PoolStatus) => number) => () =>
    pools.status().map((pool) => ({ labels: { tool: pool.tool }, value: valueOf(pool) }));
  observeGauge(
    "licenses",
    read(({ total }) => total),
  );
  observeGauge(
    "licenses_borrowed",
    read(({ borrowed }) => borrowed),
  );
  observeGauge(
    "licenses_commit",
    read(({ commit }) => commit),
  );
  observeGauge(
    "licenses_max_overage",
    read(({ maxOverage }) => maxOverage),
  );
  observeGauge(
    "licenses_overage",
    read(({ overage }) => overage),
  );
  observeGauge(
    "licenses_at_max_overage",
    read(({ isAtMaxOverage }) => Number(isAtMaxOverage)),
  );
}
