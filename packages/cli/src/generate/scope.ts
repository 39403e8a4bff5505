/** Selects the targets of Prometheus that belong to the app. */
export interface TargetSelection {
  readonly app: string;
  /** The jobs that scrape the app, as `scrape_configs` names them. Default one, named as the app. */
  readonly scrapeJobs?: readonly string[] | undefined;
  /** Further label matchers, as PromQL, such as `cluster="eu"`. Default none. */
  readonly selector?: string | undefined;
}

/** Label matchers, as PromQL, that every selector has, so that series of other apps are not included. */
export interface Scope {
  readonly matchers: string;
  /** The matcher of the job only, because recorded series have no other label of a target. */
  readonly job: string;
  /** `matchers` for each single job. Empty if the reader of a dashboard chooses the jobs. */
  readonly eachJob: readonly string[];
}

/** Unprintable characters and unusual line ends, which YAML and PromQL do not allow in text. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** One matcher: a label, an operator, and a string without an unescaped quote in it. */
const MATCHER = String.raw`[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"`;
const MATCHERS = new RegExp(String.raw`^\s*${MATCHER}(?:\s*,\s*${MATCHER})*\s*$`);

/** Returns the scope of rules: series of the app's jobs only. Throws for an invalid job or selector. */
export function scopeOfRules({ app, scrapeJobs = [app], selector }: TargetSelection): Scope {
  const names = [...new Set(scrapeJobs)];
  if (names.length === 0)
    throw new Error(
      `[rumkit] No job is given. Name the job that scrapes ${app}, or omit the option to use the app's name.`,
    );
  for (const name of names) checkJob(name);
  const eachJob = names.map((name) => withSelector(`job=${JSON.stringify(name)}`, selector));
  const [only, ...others] = names.map((name) => JSON.stringify(name));
  const job =
    others.length === 0 ? `job=${only}` : `job=~${JSON.stringify(names.map(escapeRegExp).join("|"))}`;
  return { matchers: withSelector(job, selector), job, eachJob };
}

/** Returns the scope of a dashboard: series of the jobs and instances that its reader chose. */
export function scopeOfBoard({ selector }: TargetSelection): Scope {
  const job = 'job=~"$job"';
  return { matchers: withSelector(`${job},instance=~"$instance"`, selector), job, eachJob: [] };
}

/**
 * Returns the matchers of the jobs that Grafana offers: `app_info` distinguishes the app from others in the same
 * Prometheus.
 */
export function matchersOfApp({ app, selector }: TargetSelection): string {
  return withSelector(`app=${JSON.stringify(app)}`, selector);
}

function withSelector(matchers: string, selector: string | undefined): string {
  if (selector === undefined) return matchers;
  if (UNPRINTABLE.test(selector) || !MATCHERS.test(selector))
    throw new Error(
      `[rumkit] The selector is not a list of label matchers: ${JSON.stringify(selector)}. Write it as PromQL does, without braces: cluster="eu",namespace="shop".`,
    );
  if (/(?:^|,)\s*job\s*[=!]/.test(selector.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')))
    throw new Error(`[rumkit] The selector names the job: ${selector}. Give the job by itself, as --job.`);
  return `${matchers},${selector.trim()}`;
}

function checkJob(name: string): void {
  if (name === "" || UNPRINTABLE.test(name))
    throw new Error(
      `[rumkit] ${JSON.stringify(name)} is not a job name. Take the job_name of Prometheus' scrape_configs.`,
    );
}

/** Go's RE2 knows these escapes. */
function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
