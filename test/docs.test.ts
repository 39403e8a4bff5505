import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { earlySnippet } from "@rumkit/browser";
import { BATCH_REJECTIONS, type Catalog, events } from "@rumkit/protocol";
import { createCollector, describeMetrics, renderOpenApi } from "@rumkit/server";
import { expect, test } from "vitest";
import { catalog } from "../examples/shop/catalog.ts";
import { renderProtocolTables } from "../scripts/protocolTables.ts";

const ROOT = join(import.meta.dirname, "..");
const DOCS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...["docs", "docs/runbooks", "docs/skill"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Shows the whole story of the demo, so it may be larger than a picture. */
const RECORDING = "docs/pictures/demo-recording.webp";

/** Commands of npm, and a script of the reader's app, that a document may name in addition to our scripts. */
const NPM_COMMANDS = new Set(["test", "create", "init", "pkg", "dev"]);

test.each(DOCS)("%s links to files that exist", (name) => {
  const text = readFileSync(join(ROOT, name), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target]) => target!);
  expect(links.filter((target) => !existsSync(join(ROOT, dirname(name), target)))).toEqual([]);
});

/** The files that the tags of a document show: `src="…"`, and `srcset="…"` of one picture. */
function picturesIn(name: string): string[] {
  const text = readFileSync(join(ROOT, name), "utf8");
  const shown = [...text.matchAll(/(?:src|srcset)="([^":]+)"|\]\(([^)#]+\.webp)\)/g)];
  return shown.map(([, tag, link]) => join(dirname(name), tag ?? link!));
}

test("every picture is there, shown by a document, below 200 kB, and all together below 6 MB", () => {
  const kept = readdirSync(join(ROOT, "docs/pictures")).map((name) => `docs/pictures/${name}`);
  const shown = DOCS.flatMap(picturesIn).filter((name) => name.startsWith("docs/pictures/"));
  expect(kept.toSorted()).toEqual([...new Set(shown)].toSorted());
  const sizes = kept.map((name) => [name, statSync(join(ROOT, name)).size] as const);
  const large = sizes.filter(([name, size]) => size > (name === RECORDING ? 2_000_000 : 200_000));
  expect(large).toEqual([]);
  const pictures = sizes.filter(([name]) => name !== RECORDING);
  expect(pictures.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(6_000_000);
});

test("the gallery shows each view and state dark and light, wide and narrow", () => {
  const names = picturesIn("docs/live-states.md").map((name) =>
    /pictures\/(.*)-(\d+)-(light|dark)\.webp/.exec(name)!,
  );
  const forms = new Map<string, string[]>();
  for (const [, name, width, scheme] of names)
    forms.set(name!, [...(forms.get(name!) ?? []), `${width} ${scheme}`]);
  expect(forms.size).toBeGreaterThan(20);
  for (const [name, taken] of forms) {
    const widths = name.startsWith("wall-") ? [1920] : [1440, 390];
    expect([name, taken.toSorted()]).toEqual([
      name,
      widths.flatMap((width) => [`${width} light`, `${width} dark`]).toSorted(),
    ]);
  }
});

test.each(DOCS)("%s names files and scripts that exist", (name) => {
  const text = readFileSync(join(ROOT, name), "utf8");
  const files = [...text.matchAll(/`((?:packages|examples|test|bench|deploy|docs|scripts)\/[\w./-]+)`/g)].map(
    ([, path]) => path!,
  );
  const commands = [...text.matchAll(/`npm (?:run )?([\w:]+)/g)].map(([, script]) => script!);
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(commands.filter((script) => !(script in scripts) && !NPM_COMMANDS.has(script))).toEqual([]);
});

test("what docs/protocol.md shows is what the shop's collector takes and answers", async () => {
  const text = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
  const [, batch] = /curl \S+\/collect .* -d '(\{[^]*?\n\})'/.exec(text) ?? [];
  const [, answer] = /answers `(\{"accepted":.*?\})`/.exec(text) ?? [];
  const [, funnels] = /```json\n(\{[^]*?\n\})\n```/.exec(text) ?? [];
  const origin = "http://127.0.0.1:4000";
  const { app, stop } = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [origin] });
  const counted = await app.request("/collect", { method: "POST", body: batch!, headers: { origin } });
  expect(await counted.json()).toEqual(JSON.parse(answer!));
  expect(await (await app.request("/collect/funnels")).json()).toEqual(JSON.parse(funnels!));
  await stop();
});

test("docs/protocol.md has the tables of the protocol as they are: npm run generate", () => {
  const text = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
  expect(text).toBe(renderProtocolTables(text));
});

test("the metrics that the table of events names are those that are counted, with their labels", () => {
  const families = new Map(describeMetrics(catalog).map((family) => [family.name, family]));
  const named = Object.values(events).flatMap(({ counts }) => [...counts.matchAll(/`(\w+)(?:\{(.*?)\})?`/g)]);
  const metrics = named.filter(([, name]) => name!.startsWith("rum_"));
  expect(metrics.length).toBeGreaterThan(30);
  for (const [text, name, labels = ""] of metrics) {
    const declared = labels.split(",").filter((label) => label !== "" && label !== "…");
    const family = families.get(name!);
    const own = labels.includes("…")
      ? family?.labels.filter((label) => declared.includes(label))
      : family?.labels;
    expect([text, own?.toSorted()]).toEqual([text, declared.toSorted()]);
  }
});

test("docs/protocol.md has the status of every code", async () => {
  const text = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
  const { paths } = JSON.parse(await renderOpenApi()) as {
    paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
  };
  const [section = ""] = /\n## `POST \/collect`\n[^]*?\n## /.exec(text)!;
  const rows = new Map(
    [...section.matchAll(/^\| (\d{3}) +\| (.*) \|$/gm)].map(([, status, row]) => [status, row!]),
  );
  for (const code of BATCH_REJECTIONS) {
    const [status] = Object.entries(paths["/collect"]!["post"]!.responses).find(([, { description }]) =>
      description.split(/\W+/).includes(code),
    )!;
    expect([code, status, rows.get(status)?.includes(`\`${code}\``)]).toEqual([code, status, true]);
  }
});

test("the catalog of docs/catalog.md is sound", async () => {
  const folder = join(ROOT, ".tmp/catalog");
  mkdirSync(folder, { recursive: true });
  const [, code] = /```ts\n\/\/ catalog.ts\n([^]*?)```/.exec(
    readFileSync(join(ROOT, "docs/catalog.md"), "utf8"),
  )!;
  writeFileSync(join(folder, "catalog.ts"), code!);
  const exported = (await import(join(folder, "catalog.ts"))) as { catalog: Catalog };
  expect(describeMetrics(exported.catalog).length).toBeGreaterThan(50);
});

test("the code of docs/next.md is that of the apps which are built and run", () => {
  const text = readFileSync(join(ROOT, "docs/next.md"), "utf8");
  const apps = ["test/next/nextApp", "test/next/nextPages"];
  // Every file, or part of one, starts with its name.
  const blocks = [...text.matchAll(/```tsx?\n\/\/ (\S+)\n([^]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(10);
  const differing = blocks.filter(([, name, code]) => {
    const files = apps.map((app) => join(ROOT, app, name!)).filter((file) => existsSync(file));
    return !files.some((file) => readFileSync(file, "utf8").includes(code!));
  });
  expect(differing.map(([, name]) => name)).toEqual([]);
});

test("docs/page.md has the early snippet as it is, with the hash that a policy needs", () => {
  const text = readFileSync(join(ROOT, "docs/page.md"), "utf8");
  expect(text).toContain(`<script>${earlySnippet}</script>`);
  expect(text).toContain(`'sha256-${createHash("sha256").update(earlySnippet).digest("base64")}'`);
});

test("docs/alerts.md has every alert about the collector, and promises none sooner than its rule waits", () => {
  const rules = readFileSync(join(ROOT, "deploy/generated/rules/shop.yaml"), "utf8");
  // An alert without "for" fires as soon as its condition holds.
  const waits = new Map(
    rules.split(/^ +- alert: "?Shop/m).map((rule) => {
      const [, minutes = "0"] = /^ +for: "(\d+)m"/m.exec(rule) ?? [];
      return [/^\w+/.exec(rule)?.[0] ?? "", Number(minutes)] as const;
    }),
  );
  const text = readFileSync(join(ROOT, "docs/alerts.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` \| \w+ \| ([^|]+) \|/gm)].map(
    ([, alert, fires]) => [alert!, fires!] as const,
  );
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter(([alert]) => !waits.has(alert))).toEqual([]);
  const sooner = rows.flatMap(([alert, fires]) => {
    const [, minutes] = /for (a|\d+) minutes?/.exec(fires) ?? [];
    const promised = minutes === "a" ? 1 : Number(minutes);
    return promised < waits.get(alert)! ? [`${alert}: ${promised} instead of ${waits.get(alert)}`] : [];
  });
  expect(sooner).toEqual([]);
});
