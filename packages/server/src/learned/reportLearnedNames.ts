import type { Catalog } from "@rumkit/protocol";
import { OTHER } from "../metrics/descriptor.ts";
import type { StoredFamily } from "../metrics/family.ts";
import type { Recorder } from "../metrics/recorder.ts";

/** Maximum names of all kinds that are reported, because text from pages must not fill a log. */
const MAX_REPORTED = 50;

/** Receives names as messages. */
interface LearnedLog {
  nameLearned(message: string): void;
  namesFull(message: string): void;
}

/** The entries of a catalog that declare the values of a label. */
const DECLARED: Readonly<Record<string, "actions" | "conversions" | "measurements" | "features">> = {
  action: "actions",
  conversion: "conversions",
  measurement: "measurements",
  feature: "features",
};

/**
 * Reports each newly learned name once, and once per kind that its limit is reached. Names of the catalog are not reported.
 *
 * @param listPath The path of the route that shows the names.
 */
export function reportLearnedNames(
  catalog: Catalog,
  recorder: Recorder,
  log: LearnedLog,
  listPath: string,
): void {
  const reported = new Set<string>();
  const full = new Set<string>();
  const families = new Map(recorder.families.map((family) => [family.descriptor, family]));
  let isAtStart = true;

  const see = (family: StoredFamily, label: string, most: number, name: string): void => {
    const kind = DECLARED[label];
    if (kind && Object.hasOwn(catalog[kind] ?? {}, name)) return;
    const names = family.valuesOf(label);
    if (names.size - (names.has(OTHER) ? 1 : 0) >= most && !full.has(label)) {
      full.add(label);
      log.namesFull(
        `All ${most} places for names of the label "${label}" are taken; new names count as "${OTHER}". ` +
          `Declare those that matter in a catalog; GET ${listPath} shows the names.`,
      );
    }
    const key = `${label} ${name}`;
    if (name === OTHER || reported.has(key) || reported.size >= MAX_REPORTED) return;
    reported.add(key);
    log.nameLearned(`The ${label} "${name}" is counted from now on, though no catalog declares it.`);
  };
  recorder.onCount(({ descriptor, labels }) => {
    const family = families.get(descriptor);
    if (isAtStart || !family) return undefined;
    for (const [label, most] of Object.entries(descriptor.maxValues ?? {})) {
      const name = labels[label];
      if (name !== undefined) see(family, label, most, name);
    }
    return undefined;
  });
  isAtStart = false;
}
