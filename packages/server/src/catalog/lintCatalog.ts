import type { Catalog } from "@rumkit/protocol";
import { checkAliases } from "./describeAliases.ts";
import { checkAlerts } from "./lintAlerts.ts";
import {
  checkActions,
  checkConversions,
  checkFeatures,
  checkIngested,
  checkJobs,
  checkMeasurements,
} from "./lintEntries.ts";
import { checkGauges } from "./lintGauges.ts";
import { checkLive } from "./lintLive.ts";
import { checkEndpoints, checkFunnels, checkObjectives, checkRoutes, checkSteps } from "./lintSections.ts";
import { checkApp } from "./names.ts";
import {
  type Check,
  describeValue,
  type Fault,
  Faults,
  isObject,
  isPromise,
  mustBe,
  number,
  object,
  oneOf,
  type Path,
  required,
} from "../base/shape.ts";
import { checkBuckets } from "./lintFields.ts";

/** Maximum actions and conversions, all together: each has at least one series. */
const MAX_ENTRIES = 1_000;

/** Upper limit for learned routes, and for learned names of each kind: a route costs dozens of series. */
const MAX_LEARNED = 1_000;

/** Checks the names and the counting of the backend's requests. */
const checkHttp: Check = object(
  {
    names: oneOf(["classic", "opentelemetry"], { otel: "opentelemetry" }),
    status: oneOf(["class", "code"]),
    buckets: checkBuckets,
  },
  {
    example: '{ names: "opentelemetry" }',
    together: ({ names, status }, path, faults) => {
      if (names === "opentelemetry" && status === "class")
        faults.add(
          [...path, "status"],
          'must not be "class" with the names of OpenTelemetry, which have the exact code.',
        );
    },
  },
);

const checkMost = object(
  {
    max: required(
      number(
        `a whole number from 1 to ${MAX_LEARNED}`,
        (max) => Number.isInteger(max) && max >= 1 && max <= MAX_LEARNED,
      ),
      "how many at most, e.g. 100",
    ),
  },
  { example: "{ max: 100 }" },
);

/** Checks `learnRoutes` and `learnNames`. */
const checkLearned: Check = (learn, path, faults) => {
  if (typeof learn === "boolean") return;
  if (isObject(learn)) return checkMost(learn, path, faults);
  faults.add(path, mustBe("true, false or { max: 100 }", learn));
};

/** The shape of a catalog, level by level: the same schema for `createCollector`, `serve`, `check` and `generate`. */
const checkCatalog = object(
  {
    app: required(checkApp, 'the app\'s name in snake_case, e.g. "shop"'),
    routes: required(checkRoutes, 'the patterns of the pages, e.g. ["/", "/products/:id"]; [] learns them'),
    learnRoutes: checkLearned,
    learnNames: checkLearned,
    actions: checkActions,
    conversions: checkConversions,
    measurements: checkMeasurements,
    features: checkFeatures,
    jobs: checkJobs,
    gauges: checkGauges,
    ingested: checkIngested,
    endpoints: checkEndpoints,
    funnels: checkFunnels,
    objectives: checkObjectives,
    alerts: checkAlerts,
    aliases: checkAliases,
    http: checkHttp,
    live: checkLive,
  },
  { example: '{ app: "shop", routes: ["/"] }' },
);

/** The parts to which the steps of funnels refer. */
const STEP_PARTS: ReadonlySet<unknown> = new Set(["routes", "actions", "conversions", "features", "funnels"]);

/** Returns the faults of a catalog, at most 20; none for a valid one. Never throws. */
export function lintCatalog(catalog: unknown): readonly Fault[] {
  const faults = new Faults("the catalog");
  try {
    lint(catalog, faults);
  } catch (error) {
    faults.add([], `cannot be read: ${String(error)}.`);
  }
  return faults.found;
}

function lint(catalog: unknown, faults: Faults): void {
  const wrapped = explainWrapped(catalog);
  if (wrapped !== undefined) return faults.add([], wrapped);
  checkCatalog(catalog, [], faults);
  lintText(catalog, [], faults);
  if (!isObject(catalog)) return;
  const isSound = !faults.found.some(({ path }) => path.length === 0 || STEP_PARTS.has(path[0]));
  const sound = catalog as unknown as Catalog;
  if (isSound) checkSteps(sound, faults);
  const entries = [sound.actions, sound.conversions].flatMap((group) => Object.keys(group ?? {}));
  if (entries.length > MAX_ENTRIES)
    faults.add([], `has ${entries.length} actions and conversions; ${MAX_ENTRIES} at most.`);
}

/** Explains a value that contains a catalog but is not one: a module, or a promise. */
function explainWrapped(value: unknown): string | undefined {
  if (isPromise(value)) {
    return 'is a Promise. Await it and take its export: (await import("./catalog.ts")).catalog.';
  }
  if (typeof value === "function") return "is a function. Call it, and pass its result.";
  if (!isObject(value) || value["app"] !== undefined || value["routes"] !== undefined) return undefined;
  const name = ["catalog", "default"].find((key) => isObject(value[key]));
  if (name !== undefined) {
    return `is a whole module; its export "${name}" is the catalog. Write: import ${name === "default" ? "catalog" : "{ catalog }"} from "./catalog.ts".`;
  }
  return Object.prototype.toString.call(value) === "[object Module]"
    ? `is a whole module with the exports ${describeExports(value)}. Pass the one that defineCatalog returned.`
    : undefined;
}

function describeExports(module: Readonly<Record<string, unknown>>): string {
  return Object.keys(module).slice(0, 10).map(describeValue).join(", ") || "none";
}

/** A catalog has five levels; deeper values are faults of its shape. */
const MAX_DEPTH = 8;

/**
 * Finds the texts of a catalog with a lone surrogate.
 *
 * UTF-8 cannot encode lone surrogates, so all of them are written as U+FFFD: two different routes or label values would
 * be the same series twice, and Prometheus would refuse the scrape.
 */
function lintText(value: unknown, path: Path, faults: Faults): void {
  if (typeof value === "string" && !value.isWellFormed())
    faults.add(path, `has half a surrogate pair: ${show(value)}.`);
  if (typeof value !== "object" || value === null || path.length >= MAX_DEPTH) return;
  for (const [key, item] of Object.entries(value)) {
    if (faults.isFull) return;
    if (!key.isWellFormed()) faults.add(path, `has half a surrogate pair in a key: ${show(key)}.`);
    lintText(item, [...path, Array.isArray(value) ? Number(key) : key], faults);
  }
}

/** A text as JSON, which escapes characters that cannot be printed. */
function show(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}

/** Thrown for an invalid catalog. */
export class CatalogError extends Error {
  readonly code = "bad_catalog";
  /** One message for each fault, beginning with its place: `actions.add_to_cart.help is required: …`. */
  readonly faults: readonly string[];

  /** @param file The module that contains the catalog, if it is known. */
  constructor(faults: readonly string[], file?: string) {
    const which = file === undefined ? "catalog" : `catalog in ${file}`;
    const problems = faults.length === 1 ? "1 problem" : `${faults.length} problems`;
    super([`[rumkit] Invalid ${which} (${problems}):`, ...faults.map((fault) => `  ${fault}`)].join("\n"));
    this.name = "CatalogError";
    this.faults = faults;
  }
}
