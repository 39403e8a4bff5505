import {
  CONTAINER_SECURITY,
  DATABASE_SECRET,
  disruptionBudget,
  labelsOf,
  type Manifest,
  NODE_USER,
  podSecurity,
  PORT,
  PROBES,
  scrapedLabels,
  service,
  spread,
  TMP_MOUNT,
  TMP_VOLUME,
} from "./manifest.ts";

const NAME = "shop";

/** The example shop: the stateless edge, of which there may be any number. */
export function shopManifests(): Manifest[] {
  return [
    deployment(),
    service(NAME, [{ name: "http", port: PORT }], true),
    disruptionBudget(NAME),
    autoscaler(),
  ];
}

function deployment(): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, labels: labelsOf(NAME) },
    spec: {
      // `replicas` is the autoscaler's.
      selector: { matchLabels: labelsOf(NAME) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: scrapedLabels(NAME) },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          securityContext: podSecurity(NODE_USER),
          topologySpreadConstraints: spread(NAME),
          containers: [
            {
              name: NAME,
              image: "rumkit-shop",
              // Visitors come as a job.
              args: ["node", "--max-old-space-size=192", "examples/shop/server.ts", "--no-visitors"],
              ports: [{ name: "http", containerPort: PORT }],
              env: [
                { name: "DATABASE_URL", value: "postgres://shop@postgres:5432/shop" },
                { name: "DATABASE_PASSWORD_FILE", value: "/run/secrets/postgres/shop-password" },
              ],
              ...PROBES,
              // The gateway learns of a pod that ends a moment late: it goes on for that long.
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
              securityContext: CONTAINER_SECURITY,
              volumeMounts: [
                { name: "secrets", mountPath: "/run/secrets/postgres", readOnly: true },
                TMP_MOUNT,
              ],
            },
          ],
          volumes: [
            {
              name: "secrets",
              secret: {
                secretName: DATABASE_SECRET,
                defaultMode: 0o440,
                items: [{ key: "shop-password", path: "shop-password" }],
              },
            },
            TMP_VOLUME,
          ],
        },
      },
    },
  };
}

/** By CPU, of which requests are made here. The collector has none: a second one would be a second journal. */
function autoscaler(): Manifest {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: NAME },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: NAME },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      // A pod that goes takes its counters along: not for a short lull.
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  };
}

/** Visitors of the shop for ten minutes. They report to the collector that the shop mounts. */
export function loadTest(): Manifest {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "load-test", labels: labelsOf("load-test") },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 3_600,
      template: {
        metadata: { labels: labelsOf("load-test") },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(NODE_USER),
          containers: [
            {
              name: "load-test",
              image: "rumkit-shop",
              args: [
                "node",
                "examples/shop/load.ts",
                "--origin",
                "http://shop:4000",
                "--pace",
                "10",
                "--seconds",
                "600",
              ],
              resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
              securityContext: CONTAINER_SECURITY,
              volumeMounts: [TMP_MOUNT],
            },
          ],
          volumes: [TMP_VOLUME],
        },
      },
    },
  };
}
