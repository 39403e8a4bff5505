import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeMetrics } from "@rumkit/server";
import { expect, test } from "vitest";
import { catalog } from "../examples/shop/catalog.ts";
import { messagesIn, renderMessages } from "../scripts/messages.ts";
import { replaceTables } from "../scripts/protocolTables.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const TEXT = read("docs/troubleshooting.md");

/** The first cells of the tables below a heading, and codes that a text below it names. */
function codesBelow(heading: string): Set<string> {
  const [, section = ""] = new RegExp(`\\n## ${heading}\\n([^]*?)(?=\\n## |$)`).exec(TEXT) ?? [];
  const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code!);
  const listed = [...section.replaceAll(/^\|.*$/gm, "").matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!);
  return new Set(heading.startsWith("Faults") ? listed : rows);
}

/** The section that has the reasons of a metric. Metrics of money have theirs among the events. */
const SECTIONS: readonly (readonly [metric: RegExp, heading: string])[] = [
  [/^rum_(batches|ingest_requests|reports)_rejected_total$/, "Requests that were refused"],
  [/_(events|items)_rejected_total$|_without_amount_total$/, "Events and values that were refused"],
  [/^rum_push_dropped_samples_total$/, "Samples that a push has dropped"],
  [/_dropped_total$/, "Events that a page or a service lost"],
  [/^rum_connections_cut_total$/, "Connections that were cut"],
  [/^rum_journal_errors_total$/, "Faults of the journal"],
];

const families = describeMetrics(catalog).filter(({ labels }) => labels.includes("reason"));

test.each(families.map(({ name }) => name))("docs/troubleshooting.md has every reason of %s", (name) => {
  const { known, maxSeries } = families.find((family) => family.name === name)!;
  const reasons = new Set((known ?? []).map(({ reason }) => reason!));
  const [, heading] = SECTIONS.find(([metric]) => metric.test(name))!;
  const codes = codesBelow(heading);
  expect([...reasons].filter((reason) => !codes.has(reason))).toEqual([]);
  // A metric that begins later names no series before: it has one for each reason.
  if (reasons.size === 0) expect(codes.size).toBe(maxSeries);
});

test("docs/troubleshooting.md explains no code twice in a section, and none that does not exist", () => {
  const sections = TEXT.split("\n## ").slice(1);
  const sources = globSync("packages/{protocol,server}/src/**/*.ts", { cwd: ROOT })
    .filter((file) => !/\.test(-d)?\.ts$/.test(file))
    .map(read)
    .join("\n");
  for (const section of sections) {
    const codes = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code!);
    expect(codes).toEqual([...new Set(codes)]);
    expect(codes.filter((code) => !new RegExp(`["\`]?\\b${code}\\b["\`:]`).test(sources))).toEqual([]);
  }
});

test("docs/troubleshooting.md has the code of every answer and of every warning", () => {
  const missing: string[] = [];
  let found = 0;
  for (const file of globSync("packages/server/src/**/*.ts", { cwd: ROOT })) {
    if (/\.test(-d)?\.ts$/.test(file)) continue;
    const codes = read(file).matchAll(
      /(?:\bcode[:=] |\bcode = |refuse\(\w+, \d+, |\bwarn\((?=\s*"RUMKIT))\s*"([a-z_]+|RUMKIT_\w+)"/g,
    );
    for (const [, code] of codes) {
      found += 1;
      if (!TEXT.includes(`\`${code}\``)) missing.push(`${file}: ${code}`);
    }
  }
  expect(missing).toEqual([]);
  expect(found).toBeGreaterThan(40);
});

test("docs/messages.md has every message as it is: npm run generate", () => {
  const text = read("docs/messages.md");
  expect(text).toBe(replaceTables(text, { messages: renderMessages }));
});

test("messages are found in literals, templates and sums, and those of a function that adds the mark", () => {
  expect(messagesIn("packages/cli/src/generate/importModule.ts")).toEqual([
    "[rumkit] … is a folder. Name a file in it.",
    "[rumkit] … cannot be loaded: ……",
  ]);
  expect(messagesIn("packages/browser/src/delivery/warnOfRejections.ts")).toEqual([
    "[rumkit] POST …: …. Check url",
  ]);
  const [sum] = messagesIn("packages/server/src/access/credentials.ts").filter((text) =>
    text.includes("characters"),
  );
  expect(sum).toBe('[rumkit] The secret "…" has … characters. Take … to …; "rumkit key" makes one.');
});
