import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import type { Collector } from "./collector.ts";
import type { AppRegistry } from "../registry/registry.ts";

/** Any collector: users of a shared one agree on its type by agreeing on its catalog. */
type AnyCollector = Pick<Collector<Catalog, AppRegistry>, "stop">;

interface Shared {
  /** The catalog as text: a module that is evaluated again creates an equal one. */
  readonly catalog: string;
  /** The number of the call of `sharedCollector` that created this collector. */
  readonly order: number;
  readonly collector: Promise<AnyCollector>;
}

interface SharedState {
  calls: number;
  readonly byApp: Map<string, Shared>;
}

/** Kept in the process and not in the module: a bundler makes a copy of this module for each bundle. */
const STATE = Symbol.for("@rumkit/server.sharedCollectors");

/**
 * Returns a function that returns the one collector of the app in this process, and creates it on its first call. For
 * frameworks that evaluate the same module several times: each route bundle of Next.js has a copy, and so has
 * `instrumentation.ts`; in development an edit evaluates them again.
 *
 * Nothing happens before the first call, so a build that imports the module opens no journal. After an edit of the
 * catalog the old collector is stopped, and one with the new catalog takes its place: without a journal on disk it
 * counts from 0, like a process that restarts. An edit of the other options needs a restart. If `create` fails, the
 * next call tries again.
 *
 * @example
 * export const getCollector = sharedCollector(catalog, async () =>
 *   createCollector({ catalog, journal: await openSqliteJournal({ path: "./rumkit.journal" }) }),
 * );
 */
export function sharedCollector<C extends Catalog, R extends AppRegistry = Registry>(
  catalog: C,
  create: () => Collector<C, R> | Promise<Collector<C, R>>,
): () => Promise<Collector<C, R>> {
  const state = sharedState();
  const order = (state.calls += 1);
  const text = JSON.stringify(catalog);

  return () => {
    const current = state.byApp.get(catalog.app);
    // A bundle that was not evaluated again since an edit uses the newer collector.
    const isCurrent = current && (current.catalog === text || current.order > order);
    if (isCurrent) return current.collector as Promise<Collector<C, R>>;
    // The old collector must release its journal first, because a journal has only one writer.
    const collector = Promise.resolve(stopOf(current)).then(create);
    const shared: Shared = { catalog: text, order, collector };
    state.byApp.set(catalog.app, shared);
    collector.catch(() => {
      if (state.byApp.get(catalog.app) === shared) state.byApp.delete(catalog.app);
    });
    return collector;
  };
}

function sharedState(): SharedState {
  const global = globalThis as { [STATE]?: SharedState };
  return (global[STATE] ??= { calls: 0, byApp: new Map() });
}

/** Never rejects: a collector that could not be created has nothing to stop. */
async function stopOf(shared: Shared | undefined): Promise<void> {
  await shared?.collector.then(
    (collector) => collector.stop(),
    () => {},
  );
}
