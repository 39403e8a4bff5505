import type { UndeclaredPart } from "../base/generateSettings.ts";
import { findStaleFiles, writeGeneratedFiles } from "../generate/generatedFiles.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { type GivenSettings, readSettings } from "../generate/readSettings.ts";
import { boardsOf, renderAll, type RenderTargets } from "../generate/renderAll.ts";
import { pushBoards } from "../grafana/push.ts";
import { readSecret } from "../base/readSecret.ts";
import { oneCatalog, parseCommandLine, readUrl } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit generate <catalog.ts> --out <folder> [options]
       rumkit generate <catalog.ts> --push <grafana> [options]

Writes what follows from a catalog:
  <folder>/dashboards/<app>-<board>.json      Grafana boards, for Grafana 10 to 13
  <folder>/dashboards-v2/<app>-<board>.json   the same boards as resources of Grafana 13
  <folder>/rules/<app>.yaml                   Prometheus recording rules and alerts
  <folder>/grafana-alerting/<app>.yaml        with --grafana-alerting: the same alerts, for Grafana to evaluate

The catalog is the export "catalog" of the module, or its default export. Several apps can share a folder.

  --out <folder>       where boards and rules go
  --docs <file>        also write a reference of all metrics as Markdown
  --metrics-json <file>  also describe all metrics as JSON, for machines and agents
  --config-map         also write <folder>/kubernetes/<app>-dashboards.yaml, for the sidecar of Grafana's Helm chart
  --kubernetes         also write <folder>/kubernetes/<app>-servicemonitor.yaml, with limits of a scrape, and -prometheusrule.yaml,
                       for the Prometheus Operator, and what --config-map writes
  --grafana-alerting   also write the alerts as a provisioning file of Grafana, which then evaluates them itself
  --push <grafana>     store the boards in Grafana, https://grafana.example, with the token of a service account in the
                       environment's RUMKIT_GRAFANA_TOKEN, or in the file that RUMKIT_GRAFANA_TOKEN_FILE names
  --check              write nothing; exit with 1 and name the files that are stale

Your Prometheus:
  --job <name>         the job that scrapes the app in Prometheus; once for each job. Default the app's name
  --selector <labels>  label matchers that every query has, too, such as 'cluster="eu"'
  --label <name=label> the label of the job, instance, app, environment or cluster where it has another name:
                       --label job=service --label cluster=region. A board chooses clusters if it is named
  --team <name>        the label team of alerts that name no team
  --postgres-job <name>  the job that scrapes postgres_exporter, which the board Database shows, too
  --leave-out <part>   what the app does not have: database, queues, streams, caches. Boards say nothing of it
  --aliases            also record our series under names of older dashboards: frontend_page_views_total

Your Grafana:
  --title-prefix <text>  before the title of each board
  --uid-prefix <text>    before the uid of each board. Default rumkit-
  --folder <title>       the folder for --push and --config-map. Default rumkit
  --tag <tag>            a tag of each board; once for each tag
  --timezone <name>      browser, utc or Europe/Berlin. Default browser
  --runbooks <url>       the folder of runbooks to which alerts link
  --grafana <url>        the address of Grafana, for links from alerts to boards
  --datasource-uid <uid> Prometheus among Grafana's data sources, for --grafana-alerting. Default prometheus
  --settings <file>      these settings as a module's default export, or JSON: labels, titlePrefix, uidPrefix, folder,
                         tags, timezone, runbookUrl, grafanaUrl, team, datasourceUid, aliases, leaveOut, postgresJob. Options
                         of the command line go first

A file that another app, or no rumkit, wrote is not replaced. Files that the same catalog wrote before under other names
are removed.

Exit codes: 0 done, 1 the catalog or a setting is invalid, files are stale or in the way, or Grafana refused, 2 invalid
arguments.
`;

interface GenerateOptions extends Omit<RenderTargets, "out" | "settings"> {
  readonly out: string | undefined;
  readonly check: boolean;
  readonly push: URL | undefined;
  readonly settingsFile: string | undefined;
  readonly flags: GivenSettings;
}

export const generateCommand: Command = { usage: USAGE, run: (argv) => generate(readOptions(argv)) };

const FLAGS = {
  out: { type: "string" },
  docs: { type: "string" },
  "metrics-json": { type: "string" },
  "config-map": { type: "boolean", default: false },
  kubernetes: { type: "boolean", default: false },
  "grafana-alerting": { type: "boolean", default: false },
  push: { type: "string" },
  check: { type: "boolean", default: false },
  job: { type: "string", multiple: true },
  selector: { type: "string" },
  label: { type: "string", multiple: true },
  "title-prefix": { type: "string" },
  "uid-prefix": { type: "string" },
  folder: { type: "string" },
  tag: { type: "string", multiple: true },
  "leave-out": { type: "string", multiple: true },
  "postgres-job": { type: "string" },
  timezone: { type: "string" },
  runbooks: { type: "string" },
  grafana: { type: "string" },
  team: { type: "string" },
  "datasource-uid": { type: "string" },
  aliases: { type: "boolean" },
  settings: { type: "string" },
} as const;

type Values = ReturnType<typeof parseCommandLine<typeof FLAGS>>["values"];

function readOptions(argv: string[]): GenerateOptions {
  const { values, positionals } = parseCommandLine(argv, FLAGS);
  const from = oneCatalog(positionals, "generate");
  checkTargets(values);
  const { out, docs, push, check, job, selector, kubernetes } = values;
  return {
    from,
    out,
    docs,
    metricsJson: values["metrics-json"],
    configMap: values["config-map"] || kubernetes,
    kubernetes,
    grafanaAlerting: values["grafana-alerting"],
    check,
    push: push === undefined ? undefined : readGrafanaUrl(push),
    scrapeJobs: job,
    selector,
    settingsFile: values.settings,
    flags: readGiven(values),
  };
}

/** Throws a `UsageError` for options without a target, and for two targets that exclude each other. */
function checkTargets({ out, docs, push, check, kubernetes, ...values }: Values): void {
  const {
    "config-map": configMap,
    "metrics-json": metricsJson,
    "grafana-alerting": grafanaAlerting,
  } = values;
  if (!out && push === undefined)
    throw new UsageError("[rumkit] --out is missing: the folder to write to, e.g. --out deploy.");
  const hasFiles =
    configMap || kubernetes || grafanaAlerting || docs !== undefined || metricsJson !== undefined;
  if (!out && (check || hasFiles))
    throw new UsageError(
      "[rumkit] --check, --config-map, --kubernetes, --grafana-alerting, --docs and --metrics-json need --out: the folder to write to.",
    );
  if (check && push !== undefined)
    throw new UsageError(
      "[rumkit] --check writes nothing, and --push stores boards in Grafana. Give one of them.",
    );
}

/** The settings of Prometheus and Grafana that options give. Throws a `UsageError`. */
function readGiven(values: Values): GivenSettings {
  return {
    labels: values.label && readLabels(values.label),
    titlePrefix: values["title-prefix"],
    uidPrefix: values["uid-prefix"],
    folder: values.folder,
    tags: values.tag,
    // readSettings checks the names.
    leaveOut: values["leave-out"]?.flatMap((text) => text.split(",")) as UndeclaredPart[] | undefined,
    postgresJob: values["postgres-job"],
    timezone: values.timezone,
    runbookUrl: values.runbooks,
    grafanaUrl: values.grafana,
    team: values.team,
    datasourceUid: values["datasource-uid"],
    aliases: values.aliases,
  };
}

/** A password in the address would be sent beside the token, and shown in messages. */
function readGrafanaUrl(text: string): URL {
  const url = readUrl("--push", text);
  if (url.username !== "" || url.password !== "")
    throw new UsageError(
      "[rumkit] --push has a user name or a password. Grafana takes the token of a service account: set RUMKIT_GRAFANA_TOKEN.",
    );
  return url;
}

/** Reads `job=service`. Throws a `UsageError`. */
function readLabels(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, label] = /^(\w+)=(.+)$/.exec(text) ?? [];
      if (name === undefined || label === undefined)
        throw new UsageError(`[rumkit] --label is <name>=<label>, such as job=service (got "${text}").`);
      return [name, label];
    }),
  );
}

async function generate({
  out,
  check,
  push,
  settingsFile,
  flags,
  ...targets
}: GenerateOptions): Promise<number> {
  const settings = await readSettings(settingsFile, flags);
  const token = push === undefined ? "" : await readGrafanaToken();
  const catalog = await loadCatalog(targets.from);
  if (out !== undefined) {
    const generated = renderAll(catalog, { ...targets, out, settings });
    if (check) return reportStale(await findStaleFiles(generated), generated.files.size);
    const removed = await writeGeneratedFiles(generated);
    for (const path of generated.files.keys()) process.stdout.write(`Wrote ${path}\n`);
    for (const path of removed)
      process.stdout.write(`Removed ${path}, which this catalog wrote under another name.\n`);
  }
  if (push !== undefined) {
    const boards = boardsOf(catalog, { ...targets, settings });
    for await (const { title, url } of pushBoards(boards, { url: push, token, folder: settings.folder }))
      process.stdout.write(`Stored ${title}: ${url}\n`);
  }
  return 0;
}

function reportStale(stale: readonly string[], all: number): number {
  for (const path of stale) process.stderr.write(`[rumkit] ${path} is stale. Run without --check.\n`);
  if (stale.length === 0) process.stdout.write(`Up to date (${all} files).\n`);
  return stale.length > 0 ? 1 : 0;
}

/** Returns the token in the environment, or in the file that it names. Throws a `UsageError`. */
async function readGrafanaToken(): Promise<string> {
  const variable = "RUMKIT_GRAFANA_TOKEN";
  const read = await readSecret(process.env, variable);
  if (read && "fault" in read) throw new UsageError(`[rumkit] ${read.fault}`);
  const token = read?.text ?? process.env[variable] ?? "";
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError(
      `[rumkit] --push needs a token: set ${variable} to that of a Grafana service account, without spaces or line feeds.`,
    );
  return token;
}
