import { escapeRegExp } from "./matchers.ts";
import { DEFAULT_LABELS, type TargetLabels } from "../base/generateSettings.ts";

/** Selects the targets of Prometheus that belong to the app. */
export interface TargetSelection {
  readonly app: string;
  /** The jobs that scrape the app, as `scrape_configs` names them. Default one, named as the app. */
  readonly scrapeJobs?: readonly string[] | undefined;
  /** Further label matchers, as PromQL, such as `cluster="eu"`. Default none. */
  readonly selector?: string | undefined;
  /** The names of the labels of targets. Default those of Prometheus. */
  readonly labels?: TargetLabels | undefined;
}

/** A variable of a board that narrows every metric that has its label. */
export interface Filter {
  /** The variable, without the `$`. */
  readonly name: string;
  /** The label of metrics that it selects. */
  readonly label: string;
}

/** Label matchers, as PromQL, that every selector has, so that series of other apps are not included. */
export interface Scope {
  readonly matchers: string;
  /** The matcher of the job only, because recorded series have no other label of a target. */
  readonly job: string;
  /** `matchers` for each single job. Empty if the reader of a board chooses the jobs. */
  readonly eachJob: readonly string[];
  readonly labels: TargetLabels;
  /** Matchers of each metric that has their label. Rules have none. */
  readonly filters: readonly Filter[];
}

/** Unprintable characters and unusual line ends, which YAML and PromQL do not allow in text. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** One matcher: a label, an operator, and a string without an unescaped quote in it. */
const MATCHER = String.raw`[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"`;
const MATCHERS = new RegExp(String.raw`^\s*${MATCHER}(?:\s*,\s*${MATCHER})*\s*$`);

/** Returns the scope of rules: series of the app's jobs only. Throws for an invalid job or selector. */
export function scopeOfRules({
  app,
  scrapeJobs = [app],
  selector,
  labels = DEFAULT_LABELS,
}: TargetSelection): Scope {
  const names = [...new Set(scrapeJobs)];
  if (names.length === 0)
    throw new Error(
      `[rumkit] No job is given. Name the job that scrapes ${app}, or omit the option to use the app's name.`,
    );
  for (const name of names) checkJob(name);
  checkSelector(selector, labels);
  const eachJob = names.map((name) => withSelector(`${labels.job}=${JSON.stringify(name)}`, selector));
  const [only, ...others] = names.map((name) => JSON.stringify(name));
  const job =
    others.length === 0
      ? `${labels.job}=${only}`
      : `${labels.job}=~${JSON.stringify(names.map(escapeRegExp).join("|"))}`;
  return { matchers: withSelector(job, selector), job, eachJob, labels, filters: [] };
}

/**
 * Returns the scope of a board: series of the jobs and instances that its reader chose. Grafana offers those of the app
 * only, so that they select the app as well.
 */
export function scopeOfBoard(
  { selector, labels = DEFAULT_LABELS }: TargetSelection,
  filters: readonly Filter[] = [],
): Scope {
  checkSelector(selector, labels);
  const { job, instance, cluster } = labels;
  const ofJob = `${job}=~"$job"`;
  const ofCluster = cluster === undefined ? "" : `,${cluster}=~"$cluster"`;
  return {
    matchers: withSelector(`${ofJob},${instance}=~"$instance"${ofCluster}`, selector),
    job: ofJob,
    eachJob: [],
    labels,
    filters,
  };
}

/** Returns matchers with those of the reader's selector, if there is one. */
export function withSelector(matchers: string, selector: string | undefined): string {
  return selector === undefined ? matchers : `${matchers},${selector.trim()}`;
}

/** Throws for a selector that is not a list of matchers, or that names the job. */
function checkSelector(selector: string | undefined, { job }: TargetLabels): void {
  if (selector === undefined) return;
  if (UNPRINTABLE.test(selector) || !MATCHERS.test(selector))
    throw new Error(
      `[rumkit] The selector is not a list of label matchers: ${JSON.stringify(selector)}. Write it as PromQL does, without braces: cluster="eu",namespace="shop".`,
    );
  const named = selector.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').split(",");
  if (named.some((matcher) => /^\w+/.exec(matcher.trim())?.[0] === job))
    throw new Error(`[rumkit] The selector names the job: ${selector}. Give the job by itself, as --job.`);
}

function checkJob(name: string): void {
  if (name === "" || UNPRINTABLE.test(name))
    throw new Error(
      `[rumkit] ${JSON.stringify(name)} is not a job name. Take the job_name of Prometheus' scrape_configs.`,
    );
}
