import { labelValue, objectName } from "../base/objectName.ts";
import { renderYaml } from "../base/yaml.ts";
import type { ScrapeLimits } from "./scrapeLimits.ts";

/** The label of Kubernetes' recommended set that services and pods of an app share. */
const APP_LABEL = "app.kubernetes.io/part-of";

/** The key of the token in the secret from which Prometheus reads it. */
const TOKEN_KEY = "metrics-token";

interface MonitorOptions {
  readonly app: string;
  /** The job that the rules and boards of the app are about. */
  readonly job: string;
  readonly limits: ScrapeLimits;
}

/** Renders what the Prometheus Operator reads of an app, each as a document, by the name of its file. */
export function renderOperatorObjects(
  options: MonitorOptions,
  rules: string,
): Readonly<Record<"servicemonitor" | "prometheusrule", string>> {
  return {
    servicemonitor: renderServiceMonitor(options),
    prometheusrule: renderPrometheusRule(options.app, rules),
  };
}

/**
 * Renders a ServiceMonitor of the Prometheus Operator: it scrapes every Service with the label `app.kubernetes.io/part-of` of the
 * app, at its port `http`, with the token in the Secret of the app's name. A scrape beyond the limits fails as a whole.
 */
function renderServiceMonitor({ app, job, limits }: MonitorOptions): string {
  const name = objectName(app);
  return renderYaml({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name, labels: { [APP_LABEL]: labelValue(app) } },
    spec: {
      selector: { matchLabels: { [APP_LABEL]: labelValue(app) } },
      sampleLimit: limits.sample_limit,
      labelLimit: limits.label_limit,
      labelValueLengthLimit: limits.label_value_length_limit,
      bodySizeLimit: limits.body_size_limit,
      endpoints: [
        {
          port: "http",
          path: "/metrics",
          authorization: { credentials: { name, key: TOKEN_KEY } },
          // The operator would call the job as the Service, and the rules are about the app's.
          relabelings: [{ action: "replace", targetLabel: "job", replacement: job }],
        },
      ],
    },
  });
}

/** Renders a rules file as a PrometheusRule of the Prometheus Operator. */
function renderPrometheusRule(app: string, rules: string): string {
  const head = renderYaml({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: objectName(app), labels: { [APP_LABEL]: labelValue(app) } },
  });
  // Its blocks keep their place in relation to each other.
  return `${head}spec:\n${rules.replaceAll(/^(?=.)/gm, "  ")}`;
}
