import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The order of the documentation, from the first minute to the last detail. The sidebar of the site, the contents of
 * docs/README.md and llms.txt come from it. Every page of docs/ is here exactly once: a test fails without it.
 */

/** One page: its file from the root of the repository, its name in the sidebar, and one line about it. */
interface Page {
  readonly file: string;
  readonly title: string;
  readonly about: string;
}

interface Group {
  readonly title: string;
  readonly pages: readonly Page[];
}

const page = (file: string, title: string, about: string): Page => ({ file, title, about });

export const SIDEBAR: readonly Group[] = [
  {
    title: "Get started",
    pages: [
      page("docs/README.md", "Start here", "where to begin, and every page of this documentation"),
      page(
        "README.md",
        "What rumkit is",
        "what it counts, what it guarantees and how to verify it, and what it is not",
      ),
      page(
        "docs/init.md",
        "rumkit init",
        "one command that sets up an app, and `rumkit doctor` for when nothing arrives",
      ),
      page("docs/start-react.md", "React", "from an empty app to the first click on the live page"),
      page("docs/next.md", "Next.js", "the collector in the app or beside it"),
      page("docs/start-vite.md", "Vite", "the same without a framework"),
      page("docs/script.md", "Plain HTML", "one script tag, without a bundler"),
      page("docs/start-express.md", "Express", "the collector in your server, and the first order"),
      page("docs/start-hono.md", "Hono", "the collector in your server, and the first order"),
      page("docs/start-fastify.md", "Fastify", "the collector in your server, and the first order"),
      page("docs/frameworks.md", "Vue, Svelte, Angular, Astro", "the client in each of them"),
      page(
        "docs/mounting.md",
        "Other servers and proxies",
        "the collector in any server, behind a proxy, and whose pages may report",
      ),
    ],
  },
  {
    title: "Concepts",
    pages: [
      page(
        "docs/concepts.md",
        "Concepts",
        "the path of an event, exactly once, sessions, cardinality, live and history",
      ),
      page("docs/architecture.md", "Architecture", "the rooms of the code and the path of an event"),
      page("docs/design.md", "Design decisions", "each decision with its reason"),
      page(
        "docs/worlds.md",
        "Five worlds",
        "every requirement of five source documents, and the file, test or reason for each",
      ),
      page(
        "docs/page.md",
        "What a page captures",
        "what is captured, what leaves the page, and how it is delivered",
      ),
      page("docs/errors.md", "Errors", "fingerprints, source maps, the log and Loki, and what is scrubbed"),
      page(
        "docs/backend.md",
        "What a backend measures",
        "requests, jobs, queries, caches and errors of your backend",
      ),
    ],
  },
  {
    title: "Catalog",
    pages: [
      page("docs/catalog.md", "The catalog", "what can be declared, and what is counted without a catalog"),
      page(
        "docs/lint.md",
        "rumkit lint",
        "what Prometheus, Grafana or a person would stumble over in a catalog",
      ),
      page(
        "docs/cost.md",
        "rumkit check",
        "what a catalog costs, usually and at most, and limits for Prometheus",
      ),
      page(
        "docs/diff.md",
        "rumkit diff",
        "what a change of the catalog does to series, boards and rules, and what breaks",
      ),
    ],
  },
  {
    title: "Metrics",
    pages: [
      page(
        "docs/prometheus.md",
        "Prometheus and Grafana",
        "boards and rules for one app, for several, and with two Prometheus servers",
      ),
      page(
        "docs/metrics.md",
        "Every metric",
        "every metric of the example shop with labels and bounds, generated",
      ),
    ],
  },
  {
    title: "Live page",
    pages: [
      page(
        "docs/live.md",
        "The live page",
        "the meaning of each number, its history, and older times from Prometheus",
      ),
      page("docs/live-states.md", "Views and states", "a picture of each view and state"),
      page(
        "docs/realtime.md",
        "Live streams",
        "live metrics over a WebSocket and over server-sent events: clients, filters, gaps",
      ),
    ],
  },
  {
    title: "Boards",
    pages: [
      page("docs/boards.md", "Boards", "how to read a panel, and the board that answers a question"),
      page(
        "docs/board-pictures.md",
        "Pictures of the boards",
        "each generated board, from a real Prometheus",
      ),
    ],
  },
  {
    title: "Alerts",
    pages: [
      page("docs/alerts.md", "Alerts", "objectives, alerts of the catalog, and alerts about the collector"),
      page(
        "docs/alerting.md",
        "Alerts without Prometheus",
        "receivers, silences, actions, the audit log, the API",
      ),
      page("docs/receivers.md", "Receivers", "the services that get notices: options, limits, answers"),
    ],
  },
  {
    title: "Operate",
    pages: [
      page(
        "docs/serve.md",
        "rumkit serve",
        "the collector as a separate process: keys, settings, systemd, restarts",
      ),
      page(
        "docs/load.md",
        "rumkit load",
        "made-up visitors for a collector, and a comparison of what was sent with what was counted",
      ),
      page(
        "docs/journal.md",
        "The journal",
        "durability: what is kept, what is guaranteed, and what happens when a disk fails",
      ),
      page("docs/push.md", "Push", "remote write and OTLP for a collector that cannot be scraped"),
      page(
        "docs/processes.md",
        "Several processes",
        "workers of node:cluster and PM2, pods: what adds up, and what a killed one loses",
      ),
      page(
        "docs/high-availability.md",
        "High availability",
        "edges and aggregators over a log, two collectors behind a proxy, and what is lost when one dies",
      ),
      page(
        "docs/scaling.md",
        "Scaling",
        "from one process to a cluster: costs, a plan, faults, and where it ends",
      ),
      page(
        "docs/edges.md",
        "Edges and their spool",
        "collectors that publish to a log, and keep what they accepted while it is away",
      ),
      page(
        "docs/brokers.md",
        "Logs that collectors share",
        "NATS JetStream, Redis streams or Kafka: their settings, and what each promises",
      ),
      page("docs/logs.md", "Logs", "Loki beside Prometheus: Alloy and Promtail for our JSON lines"),
      page("docs/comparison.md", "Comparison", "measured rows only: bytes, faults, and how to repeat them"),
      page("docs/aws.md", "AWS", "Fargate and CloudWatch: a task, its volume, scraping, costs"),
      page(
        "docs/hardening.md",
        "Security hardening",
        "keys, scopes, origins, TLS, headers and limits: a checklist",
      ),
      page("docs/containers.md", "Containers", "the images, and a compose file with Prometheus and Grafana"),
      page(
        "docs/kubernetes.md",
        "Kubernetes",
        "Kustomize files, what the Prometheus Operator reads, and a script that sets all up",
      ),
      page("docs/backup.md", "Backup and restore", "copies of the journal, and what a restore gives back"),
      page(
        "docs/troubleshooting.md",
        "Troubleshooting",
        "symptoms, and every code of a refusal with what to do",
      ),
      page("docs/upgrading.md", "Upgrading", "every public name that changed"),
    ],
  },
  {
    title: "Privacy",
    pages: [
      page(
        "docs/privacy.md",
        "Privacy",
        "which data is where and for how long, for a data protection officer",
      ),
      page(
        "SECURITY.md",
        "Security policy",
        "how to report a vulnerability, and what a collector can rely on",
      ),
    ],
  },
  {
    title: "Reference",
    pages: [
      page(
        "docs/protocol.md",
        "The wire protocol",
        "every field and every answer; as OpenAPI 3.1 in `docs/openapi.json`",
      ),
      page("docs/messages.md", "Every message", "each text that rumkit prints or throws, generated"),
      page("packages/protocol/README.md", "@rumkit/protocol", "the catalog, the events and their limits"),
      page("packages/react/README.md", "@rumkit/react", "the provider, the hooks and the routers"),
      page("packages/browser/README.md", "@rumkit/browser", "the client of the page"),
      page("packages/client/README.md", "@rumkit/client", "the client of other services"),
      page("packages/server/README.md", "@rumkit/server", "the collector"),
      page("packages/cli/README.md", "rumkit", "the command, and its generators as functions"),
      page(
        "docs/skill/SKILL.md",
        "Skill for coding assistants",
        "a file that teaches an assistant to set up rumkit",
      ),
      page("bench/README.md", "Measurements", "every measurement, its method and its results"),
      page("CONTRIBUTING.md", "Contributing", "the map, the commands, the rules"),
    ],
  },
  {
    title: "Runbooks",
    pages: [page("docs/runbooks/README.md", "All runbooks", "one page for each alert"), ...readRunbooks()],
  },
  {
    title: "Recipes",
    pages: [
      page(
        "docs/recipes.md",
        "Recipes",
        "a web-vitals route, from Faro, a language model, a license server, a job queue",
      ),
    ],
  },
];

/** Runbooks are named after their alerts, and their first sentence is what the alert says. */
function readRunbooks(): Page[] {
  const folder = join(import.meta.dirname, "../docs/runbooks");
  const names = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  return names.toSorted().map((name) => {
    const [, title = "", about = ""] =
      /^# (.*)\n\n(.*?)\.?(?:\n| [A-Z])/.exec(readFileSync(join(folder, name), "utf8")) ?? [];
    return page(`docs/runbooks/${name}`, title, about);
  });
}
