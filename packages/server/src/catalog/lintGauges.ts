import type { GaugeSpec, LabelSpec } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import {
  type Check,
  describeValue,
  type Faults,
  object,
  oneOf,
  type Path,
  record,
  text,
} from "../base/shape.ts";
import { checkFamilyName, checkNamedUnit } from "./chosenNames.ts";
import { joinOf } from "./describeGaugeMetrics.ts";
import { checkSuffix, help, units } from "./lintEntries.ts";
import { boundLabels, checkLabels } from "./lintFields.ts";
import { checkName } from "./names.ts";

const GAUGE = '{ help: "Licenses in use.", outOf: "licenses" }';

const checkEach = record(
  checkName,
  object(
    {
      help,
      labels: checkLabels,
      unit: units,
      outOf: text('"licenses"'),
      processes: oneOf(["sum", "max", "min"], { add: "sum", total: "sum", highest: "max", lowest: "min" }),
      name: checkFamilyName("gauge"),
    },
    { example: GAUGE, together: checkTogether },
  ),
  `{ licenses_borrowed: ${GAUGE} }`,
);

/** Checks the gauges: each alone, then the gauges of which others are a part. */
export const checkGauges: Check = (gauges, path, faults) => {
  const before = faults.found.length;
  checkEach(gauges, path, faults);
  if (faults.found.length > before) return;
  const all = gauges as Readonly<Record<string, GaugeSpec>>;
  for (const [name, spec] of Object.entries(all))
    if (spec.outOf !== undefined) checkWhole(all, name, spec.outOf, [[...path, name, "outOf"], faults]);
};

function checkTogether(entry: Readonly<Record<string, unknown>>, path: Path, faults: Faults): void {
  boundLabels(entry["labels"], path, faults);
  if (entry["name"] !== undefined) return checkNamedUnit(entry, path, faults);
  checkSuffix(entry["unit"], path, faults);
  const name = String(path.at(-1));
  if (!name.endsWith("_total")) return;
  const bare = name.slice(0, -"_total".length);
  faults.add(
    path,
    `ends in _total, as counters do. Use ${bare}, or if boards know that name, add name: ${JSON.stringify(name)}.`,
  );
}

/** A share needs a whole with the same label sets, in the same unit, and of the same processes. */
function checkWhole(
  gauges: Readonly<Record<string, GaugeSpec>>,
  name: string,
  outOf: string,
  [path, faults]: readonly [Path, Faults],
): void {
  const part = gauges[name]!;
  const whole = Object.hasOwn(gauges, outOf) ? gauges[outOf]! : undefined;
  if (!whole || outOf === name) {
    const others = Object.keys(gauges).filter((other) => other !== name);
    const meant = nearestName(outOf, others);
    const hint = meant === undefined ? `Known: ${others.join(", ") || "none"}.` : `Did you mean "${meant}"?`;
    return faults.add(
      path,
      whole ? `is the gauge itself. ${hint}` : `is not a gauge: ${describeValue(outOf)}. ${hint}`,
    );
  }
  const wholes = wholesOf(gauges, whole);
  if (wholes.has(name)) {
    // Each gauge of such a ring has the fault, and one message is enough.
    if ([...wholes].every((other) => name <= other))
      faults.add(path, `is a part of ${name} itself: "${outOf}". Remove one of the two.`);
    return;
  }
  if (!areSame(part.labels, whole.labels))
    faults.add(
      path,
      `must have the same labels and values as ${name}: a share needs both for each label set.`,
    );
  if (part.unit !== whole.unit)
    faults.add(path, `is in ${whole.unit ?? "no unit"}, and ${name} in ${part.unit ?? "no unit"}: use one.`);
  if (joinOf(part) !== joinOf(whole))
    faults.add(path, `joins processes by ${joinOf(whole)}, and ${name} by ${joinOf(part)}: use one.`);
}

/** Returns the gauges of which one is a part, directly or through others. */
function wholesOf(gauges: Readonly<Record<string, GaugeSpec>>, gauge: GaugeSpec): ReadonlySet<string> {
  const wholes = new Set<string>();
  let { outOf } = gauge;
  while (outOf !== undefined && !wholes.has(outOf)) {
    wholes.add(outOf);
    outOf = Object.hasOwn(gauges, outOf) ? gauges[outOf]!.outOf : undefined;
  }
  return wholes;
}

function areSame(a: LabelSpec = {}, b: LabelSpec = {}): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((label) => {
      const values = Object.hasOwn(b, label) ? b[label]! : [];
      return values.length === a[label]!.length && a[label]!.every((value) => values.includes(value));
    })
  );
}
