/** Names that several manifests of deploy/kubernetes share. */

/** The app of the catalog: the label by which the ServiceMonitor finds its Services. */
export const APP = "shop";

export const NAMESPACE = "rum";
export const MONITORING = "monitoring";
export const GATEWAY_NAMESPACE = "gateway";

/** The Secret with `metrics-token`, `live-token` and `write-keys`. The ServiceMonitor of `rumkit generate` reads the first. */
export const SECRET = `rumkit-${APP}`;
export const DATABASE_SECRET = "postgres";

export const RUM_HOST = "rum.example.com";
export const SHOP_HOST = "shop.example.com";
export const GRAFANA_HOST = "grafana.example.com";

export const PORT = 4000;
export const NODE_USER = 1000;

/** An object of Kubernetes, as it is written into a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export const labelsOf = (name: string): Record<string, string> => ({ "app.kubernetes.io/name": name });

/** Labels of a Service whose pods Prometheus scrapes as the app. */
export const scrapedLabels = (name: string): Record<string, string> => ({
  ...labelsOf(name),
  "app.kubernetes.io/part-of": APP,
});

/** Settings of a pod that Pod Security's level "restricted" asks for. */
export const podSecurity = (user: number): object => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

/** Those of a container. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

export const TMP_MOUNT = { name: "tmp", mountPath: "/tmp" };
export const TMP_VOLUME = { name: "tmp", emptyDir: { sizeLimit: "64Mi" } };

const httpGet = (path: string): object => ({ httpGet: { path, port: "http" } });

/**
 * Three probes for three questions. Starting: the port opens once the journal is read, within five minutes. Alive: also while it
 * drains or its disk is full, because a restart would help in neither. Ready: `/readyz` says 503 for both.
 */
export const PROBES = {
  startupProbe: { ...httpGet("/healthz"), periodSeconds: 2, failureThreshold: 150 },
  livenessProbe: { ...httpGet("/healthz"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  readinessProbe: { ...httpGet("/readyz"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 1 },
};

/** Pods of one kind on different nodes, where there are several. */
export const spread = (name: string): object[] => [
  {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labelsOf(name) },
  },
];

export function disruptionBudget(name: string): Manifest {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name },
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(name) } },
  };
}

export function service(
  name: string,
  ports: readonly { name: string; port: number }[],
  isScraped = false,
): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels: isScraped ? scrapedLabels(name) : labelsOf(name) },
    spec: {
      selector: labelsOf(name),
      ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number, targetPort: port })),
    },
  };
}
