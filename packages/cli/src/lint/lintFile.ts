import { readFileSync } from "node:fs";
import type { Catalog } from "@rumkit/protocol";
import { describePath } from "@rumkit/server/internal/base";
import { draftMetrics, findCatalogFaults } from "@rumkit/server/internal/metrics";
import { importCatalog } from "../generate/loadCatalog.ts";
import { createPlaceFinder, type Place } from "../generate/placeOf.ts";
import { readDirectives } from "./directives.ts";
import { ownersOf } from "./owners.ts";
import { type Group, GROUPS, type Path, type Subject } from "./rule.ts";
import { RULES, SAME_APP, UNKNOWN_RULE } from "./rules.ts";

/** One weakness of a catalog, at its place. */
export interface Finding {
  readonly rule: string;
  readonly level: "error" | "warning";
  readonly file: string;
  /** From 1. Undefined if the source does not contain the value as a literal. */
  readonly line: number | undefined;
  /** From 1. */
  readonly column: number | undefined;
  /** The place of the value in the catalog, `actions.add_to_cart.help`; empty for the whole catalog. */
  readonly path: string;
  /** Whole sentences: the path, what is wrong, and the remedy. */
  readonly message: string;
  /** The remedy alone. Empty for an error, whose message contains it. */
  readonly suggestion: string;
}

/**
 * Examines the catalog of a file.
 *
 * Throws an Error if the file cannot be read or exports no catalog.
 *
 * @param disabled Ids of rules that are not asked.
 */
export async function lintFile(file: string, disabled: ReadonlySet<string> = new Set()): Promise<Finding[]> {
  const catalog = await importCatalog(file);
  return lintSource({ file, source: readFileSync(file, "utf8"), catalog, disabled });
}

/** A file that cannot be read, or that exports no catalog. */
export interface Unread {
  readonly file: string;
  readonly message: string;
}

/** Examines the catalogs of several files, each by itself and all together. Never throws. */
export async function lintFiles(
  files: readonly string[],
  disabled: ReadonlySet<string>,
): Promise<{ readonly findings: readonly Finding[]; readonly unread: readonly Unread[] }> {
  const findings: Finding[] = [];
  const unread: Unread[] = [];
  const fileOfApp = new Map<unknown, string>();
  for (const file of files) {
    try {
      const catalog = await importCatalog(file);
      const source = readFileSync(file, "utf8");
      const app: unknown = Reflect.get(catalog, "app");
      findings.push(...lintSource({ file, source, catalog, disabled, otherFile: fileOfApp.get(app) }));
      fileOfApp.set(app, file);
    } catch (error) {
      unread.push({ file, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { findings, unread };
}

interface Source {
  readonly file: string;
  readonly source: string;
  readonly catalog: object;
  readonly disabled: ReadonlySet<string>;
  /** Another file whose catalog has the same app. */
  readonly otherFile?: string | undefined;
}

/** Examines a catalog and the text that it comes from. Never throws. */
export function lintSource({ file, source, catalog, disabled, otherFile }: Source): Finding[] {
  const placeOf = createPlaceFinder(source);
  const directives = readDirectives(source);
  const finding = (level: Finding["level"], place: Partial<Place>, fault: Fault): Finding => {
    const { rule, path, message, suggestion = "" } = fault;
    const { line, column } = place;
    return { rule, level, file, line, column, path: nameOf(path), message, suggestion };
  };
  const warning = (fault: Fault): Finding => finding("warning", placeOf(fault.path) ?? {}, fault);

  const subject = subjectOf(catalog);
  const errors = findErrors(catalog, subject).map((fault) =>
    finding("error", placeOf(fault.at) ?? {}, fault),
  );
  const warnings = [
    ...findWarnings(subject).map(warning),
    ...directives.unknown.map(({ text, ...place }) => finding("warning", place, unknownRule(text))),
    ...(otherFile === undefined ? [] : [warning(sharedApp(otherFile))]),
  ];
  const shown = warnings.filter(
    ({ rule, line }) => !disabled.has(rule) && !directives.isDisabled(rule, line),
  );
  return [...errors, ...shown].toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** The text of a finding, and its path in the catalog. */
interface Fault extends Pick<Finding, "rule" | "message"> {
  readonly path: Path;
  /** Default empty: the message contains the remedy. */
  readonly suggestion?: string;
}

function findWarnings(subject: Subject): Fault[] {
  return RULES.flatMap(({ id, find }) =>
    find(subject).map(({ path, what, fix }) => ({
      rule: id,
      path,
      message: `${nameOf(path) || "the catalog"} ${what} ${fix}`,
      suggestion: fix,
    })),
  );
}

function unknownRule(text: string): Fault {
  return {
    rule: UNKNOWN_RULE.id,
    path: [],
    message: `The comment disables a rule that does not exist: ${text}`,
    suggestion: "Correct the name, or remove the comment.",
  };
}

function sharedApp(otherFile: string): Fault {
  return {
    rule: SAME_APP.id,
    path: ["app"],
    message: `app is that of ${otherFile}, too: their boards have the same titles. Give each catalog its app.`,
    suggestion: "Give each catalog its app.",
  };
}

interface CatalogFault extends Fault {
  /** The nearest place that the catalog has. */
  readonly at: Path;
}

/** Returns the faults for which a collector does not start. */
function findErrors(catalog: object, { metricFaults }: Examined): CatalogFault[] {
  const faults = findCatalogFaults(catalog);
  if (faults.length > 0)
    return faults.map(({ path, at, text }) => ({ rule: "invalid", path, at, message: text }));
  return metricFaults.map((message) => {
    const [metric = ""] = /^\w+/.exec(message) ?? [];
    const path = ownersOf(catalog as Catalog, metric).at(-1) ?? [];
    const rule =
      path.length === 0 && message.startsWith("The metrics have") ? "series-budget" : "metric-clash";
    const where = path.length > 0 ? `${nameOf(path)} becomes a metric that is refused. ` : "";
    return { rule, path, at: path, message: where + message };
  });
}

interface Examined extends Subject {
  /** The faults of metrics that a valid catalog would have. */
  readonly metricFaults: readonly string[];
}

/** Leaves out what is invalid, so that one mistake does not hide the warnings about everything else. */
function subjectOf(catalog: object): Examined {
  const whole = isRecord(catalog) ? catalog : {};
  let sound: Record<string, unknown> = { app: "app", routes: [], ...whole };
  let faults = findCatalogFaults(sound);
  // What refers to an entry that is left out is the next fault, and one report has twenty faults at most.
  for (let round = 0; round < MOST_ROUNDS && faults.length > 0; round += 1) {
    sound = faults.reduce(leaveOut, sound);
    faults = findCatalogFaults(sound);
  }
  const usable = faults.length === 0 ? (sound as unknown as Catalog) : { app: "app", routes: [] };
  const names = new Map(
    GROUPS.map((group): [Group, readonly string[]] => [
      group,
      isRecord(whole[group]) ? Object.keys(whole[group]) : [],
    ]),
  );
  const { descriptors, faults: metricFaults } = draftMetrics(usable);
  return { catalog: usable, names, descriptors, metricFaults };
}

/** Enough for two hundred faults, and for funnels of actions that are left out. */
const MOST_ROUNDS = 12;

/** Returns the catalog without the entry, the element or the group at the path of a fault. */
function leaveOut(catalog: Record<string, unknown>, { path }: CatalogPlace): Record<string, unknown> {
  const [group, name] = path;
  if (typeof group !== "string") return { app: "app", routes: [] };
  const part = catalog[group];
  if (group === "app") return { ...catalog, app: "app" };
  if (typeof name === "string" && isRecord(part)) return { ...catalog, [group]: without(part, name) };
  if (Array.isArray(part)) {
    const isLeft = (item: unknown, place: number): boolean =>
      typeof name === "number" ? place !== name : part.indexOf(item) === place;
    const kept = part.map((item: unknown, place) =>
      isLeft(item, place) ? item : `${INVALID_ROUTE}${place}`,
    );
    // A fault of the whole list, apart from an element that is there twice.
    if (kept.some((item, place) => item !== part[place])) return { ...catalog, [group]: kept };
  }
  return group === "routes" ? { ...catalog, routes: [] } : without(catalog, group);
}

type CatalogPlace = Pick<CatalogFault, "path">;

/** Begins what stands for an invalid pattern, so that the places of the others stay. */
const INVALID_ROUTE = "/invalid-route-";

function without(part: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(part).filter(([key]) => key !== name));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(path: Path): string {
  return path.length === 0 ? "" : describePath(path);
}
