/**
 * Writes the JSON Schemas of Grafana's two dashboard models, as the types of `@grafana/grafana-foundation-sdk` say:
 * `node scripts/grafanaSchemas.ts`. The SDK carries none. To be run when the SDK's version changes; a test compares
 * the versions. Nothing but named properties is allowed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./steps.ts";

const GENERATOR = ["ts-json-schema-generator@2.10.0", "typescript@5.9.3"];
const SDK = "@grafana/grafana-foundation-sdk";

/** Queries are those of Prometheus, where the SDK takes any data source's. */
const TYPES = `
import type { AnnotationQuery, Dashboard, Panel, RowPanel } from "${SDK}/dashboard";
import type { Dashboard as V2 } from "${SDK}/dashboardv2";
import type { Dataquery } from "${SDK}/prometheus";
import type { Manifest } from "${SDK}/resource";
type Query = Omit<Dataquery, "_implementsDataqueryVariant" | "refId"> & { refId: string };
type ClassicPanel = Omit<Panel, "targets" | "id" | "title" | "description"> & {
  targets?: Query[]; id: number; title: string; description: string };
type Row = Omit<RowPanel, "panels"> & { panels: ClassicPanel[] };
type Annotation = Omit<AnnotationQuery, "target"> & { target: Query };
export type Classic = Omit<Dashboard, "panels" | "annotations" | "uid" | "title"> & {
  uid: string; title: string; panels: (ClassicPanel | Row)[]; annotations: { list: Annotation[] } };
export type Resource = Omit<Manifest, "spec" | "apiVersion" | "kind"> & {
  apiVersion: "dashboard.grafana.app/v2"; kind: "Dashboard"; spec: V2 };
`;

const OPTIONS = { module: "esnext", moduleResolution: "bundler", target: "es2022", strict: true, types: [] };

/** Beside the package, so that the types of its SDK are found. */
const folder = mkdtempSync(join(ROOT, "packages/cli/node_modules/.schemas-"));
try {
  const types = join(folder, "types.ts");
  const config = join(folder, "tsconfig.json");
  writeFileSync(types, TYPES);
  writeFileSync(config, JSON.stringify({ compilerOptions: OPTIONS, files: ["types.ts"] }));
  const { version } = JSON.parse(
    readFileSync(join(ROOT, "packages/cli/node_modules", SDK, "package.json"), "utf8"),
  ) as { version: string };
  for (const [type, name] of [
    ["Classic", "classic"],
    ["Resource", "v2"],
  ] as const) {
    const packages = GENERATOR.flatMap((specifier) => ["--package", specifier]);
    const settings = [
      "--path",
      types,
      "--tsconfig",
      config,
      "--type",
      type,
      "--no-type-check",
      "--expose",
      "all",
    ];
    const schema = execFileSync("npx", ["--yes", ...packages, "ts-json-schema-generator", ...settings], {
      encoding: "utf8",
      cwd: folder,
    });
    const text = JSON.stringify({ $comment: `${SDK} ${version}`, ...JSON.parse(schema) });
    writeFileSync(join(ROOT, `test/support/grafana/${name}.schema.json`), `${text}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
