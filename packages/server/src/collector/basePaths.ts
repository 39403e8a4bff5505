import { operations } from "../openapi/operations.ts";
import {
  BASE_PATH_FORM,
  type BasedPath,
  type BasePaths,
  DEFAULT_BASE_PATHS,
  isBasePath,
  resolvePath,
} from "../part/basePaths.ts";

/** The options from which the base paths are read. */
export interface BasePathOptions {
  readonly livePath?: string | undefined;
  readonly apiPath?: string | undefined;
}

/** First segments of the routes with a fixed path: `collect`, `metrics`, … */
const FIXED: ReadonlySet<string> = new Set(
  operations.flatMap(({ under, path }) => (under === undefined ? [firstSegment(path)] : [])),
);

/** Returns the base paths, without a slash at their ends. Throws a TypeError if a request could match two routes. */
export function createBasePaths({ livePath, apiPath }: BasePathOptions): BasePaths {
  const paths: BasePaths = {
    live: withoutSlash(livePath ?? DEFAULT_BASE_PATHS.live),
    api: withoutSlash(apiPath ?? DEFAULT_BASE_PATHS.api),
  };
  if (paths.live === paths.api)
    throw new TypeError(
      `[rumkit] livePath and apiPath are both "${paths.live}". Give each a different path, e.g. "/rumkit/live" and "/rumkit/api".`,
    );
  const live = operations.filter(({ under }) => under === "live");
  const api = operations.filter(({ under }) => under === "api");
  const clash = findClash(live, api, paths);
  if (clash !== undefined)
    throw new TypeError(
      `[rumkit] livePath "${paths.live}" and apiPath "${paths.api}" both have a route ${clash}. Choose paths that do not contain each other.`,
    );
  return paths;
}

/** Returns what is wrong with a base path, as the end of a sentence; undefined for a valid one. */
export function basePathFault(path: string): string | undefined {
  if (!isBasePath(path)) return `must be ${BASE_PATH_FORM}`;
  const first = firstSegment(path);
  return FIXED.has(first) ? `must not be in "/${first}", where the collector has other routes` : undefined;
}

function firstSegment(path: string): string {
  return path.split("/", 2)[1]!;
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

/** Returns a path that a route of both lists matches. */
function findClash(
  some: readonly BasedPath[],
  others: readonly BasedPath[],
  paths: BasePaths,
): string | undefined {
  const taken = others.map((place) => resolvePath(place, paths).split("/"));
  return some
    .map((place) => resolvePath(place, paths))
    .find((path) => taken.some((other) => matchesBoth(path.split("/"), other)));
}

function matchesBoth(one: readonly string[], other: readonly string[]): boolean {
  return (
    one.length === other.length &&
    one.every((segment, index) => {
      const second = other[index]!;
      return segment === second || segment.startsWith(":") || second.startsWith(":");
    })
  );
}
