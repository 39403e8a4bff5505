import type { RecordSample } from "../metrics/sample.ts";
import { createMapTable, type MapTable } from "./mapTable.ts";
import { createResolver, type Resolver } from "./createResolver.ts";

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

/** The source maps by which the stacks of errors are resolved. */
export interface SourceMapOptions {
  /**
   * A folder with a folder for each release: `<directory>/1.2.0/assets/app-3f2a91bc.js.map`. The folder name is the
   * `release` that pages send. Uploaded maps go into `.uploads` below it.
   */
  readonly directory: string;
  /**
   * Maximum bytes of uploaded maps. Beyond it, the release that was uploaded longest ago is removed. Default 1 GiB.
   */
  readonly quota?: number;
  /** Show the source's line with each frame. Default false, because more people may read the log than the code. */
  readonly context?: boolean;
}

/** 1 GiB: some fifty releases of 20 MB. */
export const DEFAULT_QUOTA = 1024 ** 3;
