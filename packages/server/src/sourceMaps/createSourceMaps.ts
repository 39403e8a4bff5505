import type { RecordSample } from "../metrics/sample.ts";
import { createMapTable, type MapTable } from "./mapTable.ts";
import { createResolver, type Resolver } from "./createResolver.ts";
import { DEFAULT_QUOTA, type SourceMapOptions } from "./sourceMapOptions.ts";

/** The maps, and the resolver that uses them. */
export interface SourceMaps extends Resolver {
  readonly maps: MapTable;
}

/** Counts every stack by its outcome. `onFailed` receives the reason if maps cannot be read. */
export function createSourceMaps(
  { directory, quota = DEFAULT_QUOTA, context = false }: SourceMapOptions,
  record: RecordSample,
  now: () => number,
  onFailed: (message: string) => void,
): SourceMaps {
  const maps = createMapTable(directory, quota, now, onFailed);
  const resolver = createResolver({ maps, context });
  return {
    maps,
    resolve: async (release, frames) => {
      const stack = await resolver.resolve(release, frames);
      record({ metric: "rum_stacks_resolved_total", labels: { outcome: stack.outcome }, value: 1 });
      return stack;
    },
    close: resolver.close,
  };
}
