import { events, type LiveChoice, type LiveFilter } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";

/** Seconds between two frames that a viewer can choose. */
const SHORTEST_INTERVAL = 0.1;
const LONGEST_INTERVAL = 60;

/** Maximum values of a filter, and UTF-16 units of each: more than a person selects. */
const MAX_VALUES = 100;
const MAX_UNITS = 256;

const PARAMETERS = ["metrics", "types", "route", "interval"];

/** Maximum names that are compared with ours. More are not misspellings, and each comparison takes time. */
const MAX_COMPARED = 20;

/** Types of events that are not of pages. */
const OTHER_TYPES = ["refund", "report"];

/** A filter that cannot be used. */
export class FilterFault extends Error {}

/**
 * Reads the filter of a stream's address. Throws a `FilterFault` for one that would select nothing by mistake. Other
 * parameters are left alone, unless they look like one of ours.
 */
export function readFilter(query: URLSearchParams): LiveFilter {
  const read = createChoices();
  const others = new Set<string>();
  for (const [key, value] of query) {
    const isNot = key.startsWith("not.");
    const name = isNot ? key.slice("not.".length) : key;
    if (name === "metrics" || name === "types") {
      for (const part of value.split(",")) read.add(name, part.trim(), isNot);
    } else if (name === "route" || name.startsWith("label.")) read.add(labelOf(name), value, isNot);
    else if (isNot) throw unknownFilter(key, "Filters: metrics, types, route, label.<name>.");
    else if (name !== "interval") others.add(name);
  }
  for (const name of [...others].slice(0, MAX_COMPARED)) refuseMisspelt(name);
  const types = read.of("types");
  for (const type of [...(types?.include ?? []), ...(types?.exclude ?? [])]) checkType(type);
  const metrics = read.of("metrics");
  const labels = read.labels();
  const interval = readInterval(query.get("interval"));
  return {
    ...(metrics && { metrics }),
    ...(types && { types }),
    ...(labels && { labels }),
    ...(interval !== undefined && { interval }),
  };
}

/** Returns true if a choice selects the value. A value that is missing is not included, and not excluded either. */
export function passes(choice: LiveChoice | undefined, value: string | undefined): boolean {
  if (choice === undefined) return true;
  if (value === undefined) return choice.include === undefined;
  if (choice.exclude?.includes(value)) return false;
  return choice.include?.includes(value) ?? true;
}

function labelOf(name: string): string {
  const label = name === "route" ? name : name.slice("label.".length);
  if (label === "") throw new FilterFault("label. needs the name of a label, e.g. label.device=mobile.");
  return `label.${label}`;
}

/** Collects the values. Equal filters have equal choices, whatever the order of their values. */
function createChoices() {
  const choices = new Map<string, Required<LiveChoice>>();
  let size = 0;
  const toChoice = ({ include, exclude }: Required<LiveChoice>): LiveChoice => ({
    ...(include.length > 0 && { include: [...new Set(include)].toSorted() }),
    ...(exclude.length > 0 && { exclude: [...new Set(exclude)].toSorted() }),
  });
  return {
    add: (name: string, text: string, isNot: boolean): void => {
      const isExcluded = isNot !== text.startsWith("!");
      const value = text.replace(/^!/, "");
      if (value === "") throw new FilterFault(`${name.replace("label.route", "route")} has an empty value.`);
      size += 1;
      if (size > MAX_VALUES || value.length > MAX_UNITS || name.length > MAX_UNITS)
        throw new FilterFault(
          `A filter has at most ${MAX_VALUES} values of at most ${MAX_UNITS} characters.`,
        );
      const choice = choices.get(name) ?? { include: [], exclude: [] };
      choice[isExcluded ? "exclude" : "include"].push(value);
      choices.set(name, choice);
    },
    of: (name: string): LiveChoice | undefined => {
      const choice = choices.get(name);
      return choice && toChoice(choice);
    },
    labels: (): Record<string, LiveChoice> | undefined => {
      const labels = [...choices]
        .filter(([name]) => name.startsWith("label."))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, choice]) => [name.slice("label.".length), toChoice(choice)] as const);
      return labels.length > 0 ? Object.fromEntries(labels) : undefined;
    },
  };
}

function checkType(type: string): void {
  const known = [...Object.keys(events).filter((name) => name !== "heartbeat"), ...OTHER_TYPES];
  if (known.includes(type)) return;
  const meant = nearestName(type, known);
  const hint = meant === undefined ? `Known: ${known.join(", ")}.` : `Did you mean "${meant}"?`;
  throw new FilterFault(`types: unknown event type "${type}". ${hint}`);
}

function readInterval(text: string | null): number | undefined {
  if (text === null) return undefined;
  const interval = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (interval >= SHORTEST_INTERVAL && interval <= LONGEST_INTERVAL) return interval;
  throw new FilterFault(
    `interval must be a number of seconds from ${SHORTEST_INTERVAL} to ${LONGEST_INTERVAL}, not "${text.slice(0, 40)}".`,
  );
}

function refuseMisspelt(name: string): void {
  const meant = nearestName(name, PARAMETERS);
  if (meant !== undefined) throw unknownFilter(name, `Did you mean "${meant}"?`);
}

function unknownFilter(key: string, hint: string): FilterFault {
  return new FilterFault(`Unknown filter "${key.slice(0, 44)}". ${hint}`);
}
