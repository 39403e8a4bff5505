import {
  CONTAINER_SECURITY,
  disruptionBudget,
  labelsOf,
  type Manifest,
  NODE_USER,
  podSecurity,
  PORT,
  PROBES,
  scrapedLabels,
  SECRET,
  service,
  SHOP_HOST,
  spread,
  TMP_MOUNT,
  TMP_VOLUME,
} from "./manifest.ts";

const NAME = "collector";

/** Milliseconds between the failing `/readyz` and the closed port: twice the period of the readiness probe. */
const DRAIN_DELAY_MS = 10_000;

/** Seconds until SIGKILL: the delay, 4.8 s for open requests, and as much again. */
const GRACE_S = 30;

/** `rumkit serve`, with a journal of its pod's own. */
export function collectorManifests(): Manifest[] {
  const collector = service(NAME, [{ name: "http", port: PORT }], true);
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: NAME },
      automountServiceAccountToken: false,
    },
    {
      ...collector,
      // A batch that is sent again has to reach the pod that has counted it.
      spec: { ...(collector["spec"] as object), sessionAffinity: "ClientIP" },
    },
    statefulSet(),
    disruptionBudget(NAME),
  ];
}

function statefulSet(): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: NAME, labels: labelsOf(NAME) },
    spec: {
      serviceName: NAME,
      replicas: 1,
      // A pod is replaced only after the old one has ended and has let go of its volume.
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate" },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: labelsOf(NAME) },
      template: { metadata: { labels: scrapedLabels(NAME) }, spec: podSpec() },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "journal" },
          // One pod alone: a journal has one writer.
          spec: { accessModes: ["ReadWriteOncePod"], resources: { requests: { storage: "10Gi" } } },
        },
      ],
    },
  };
}

function podSpec(): object {
  return {
    serviceAccountName: NAME,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_S,
    securityContext: podSecurity(NODE_USER),
    topologySpreadConstraints: spread(NAME),
    containers: [
      {
        name: NAME,
        image: "rumkit-collector",
        ports: [{ name: "http", containerPort: PORT }],
        env: Object.entries(settings()).map(([name, value]) => ({ name, value })),
        ...PROBES,
        // The heap stays below 256 MiB (the command of the image). A limit of CPU would slow it down when it is needed.
        resources: { requests: { cpu: "100m", memory: "384Mi" }, limits: { memory: "512Mi" } },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          { name: "journal", mountPath: "/var/lib/rumkit" },
          { name: "secrets", mountPath: "/run/secrets/rumkit", readOnly: true },
          { name: "config", mountPath: "/app/config", readOnly: true },
          TMP_MOUNT,
        ],
      },
    ],
    volumes: [
      { name: "secrets", secret: { secretName: SECRET, defaultMode: 0o440 } },
      { name: "config", configMap: { name: "collector-config" } },
      TMP_VOLUME,
    ],
  };
}

/** Settings of `rumkit serve`. Secrets are files, and never in a manifest. */
function settings(): Record<string, string> {
  return {
    RUMKIT_CATALOG: "/app/config/catalog.ts",
    RUMKIT_ALLOWED_ORIGINS: `https://${SHOP_HOST}`,
    RUMKIT_WRITE_KEYS_FILE: "/run/secrets/rumkit/write-keys",
    RUMKIT_METRICS_TOKEN_FILE: "/run/secrets/rumkit/metrics-token",
    RUMKIT_LIVE_TOKEN_FILE: "/run/secrets/rumkit/live-token",
    // The gateway's pods: without it, all visitors share the limit of one address.
    RUMKIT_TRUSTED_PROXIES: "10.0.0.0/8",
    RUMKIT_SCRAPE_INTERVAL_MS: "30000",
    RUMKIT_DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
  };
}
