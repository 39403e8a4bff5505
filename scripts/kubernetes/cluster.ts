import { parse } from "yaml";
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

/** The roles of `rumkit serve` over a log, by the name of their pods. */
const ROLES = ["edge", "aggregate", "live"] as const;
type Role = (typeof ROLES)[number];

/** The Secret with `broker`, the address of the log with its user and password, and `broker-password`. */
const BROKER_SECRET = "rumkit-broker";

/** Milliseconds between the failing `/readyz` and the closed port: twice the period of the readiness probe. */
const DRAIN_DELAY_MS = 10_000;

/** 31 bytes each, twice: 250 MB of an aggregator's memory. At 100 batches a second they last for 11 to 22 hours. */
const REMEMBERED_IDS = "4000000";

/** Milliseconds in which an edge empties its spool into the log, or an aggregator publishes its last frame. */
const DRAIN_TIMEOUT_MS = 30_000;

/** Seconds until SIGKILL: delay, timeout, and as much as both need when a node is busy. */
const GRACE_S = 60;

/** The partitions of the log: the most aggregators that there can ever be. */
const PARTITIONS = 24;

/** The pods of the log, whose settings the check at the start reads. */
const LOG_SERVERS = ["nats-0", "nats-1", "nats-2"];

/** Any number of edges: their spool is the one thing that a pod keeps. */
export function edgeManifests(): Manifest[] {
  return [
    account("edge"),
    service("edge", [{ name: "http", port: PORT }], true),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "edge", labels: labelsOf("edge") },
      spec: {
        // `replicas` is the autoscaler's.
        selector: { matchLabels: labelsOf("edge") },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: template("edge", [
          // A volume that lives as long as the pod: it outlives crashes of the container. A pod that is deleted while the
          // log is away has the time of its drain.
          { name: "state", ephemeral: { volumeClaimTemplate: { spec: claim("2Gi") } } },
        ]),
      },
    },
    disruptionBudget("edge"),
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "edge" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "edge" },
        minReplicas: 2,
        maxReplicas: 40,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
          },
        ],
        // Fewer pods only after a quarter of an hour: each one that leaves empties its spool first.
        behavior: { scaleDown: { stabilizationWindowSeconds: 900 } },
      },
    },
  ];
}

/** Three aggregators. More or fewer: `rumkit cluster assign`, then `replicas`. */
export function aggregateManifests(): Manifest[] {
  return [
    account("aggregate"),
    headless("aggregate"),
    statefulSet("aggregate", 3, "20Gi"),
    disruptionBudget("aggregate"),
  ];
}

/** Two live processes: one leads, the other takes over. */
export function liveManifests(): Manifest[] {
  const all = service("live", [{ name: "http", port: PORT }], true);
  // A viewer who comes back continues at the same process.
  const sticky = { ...all, spec: { ...(all["spec"] as object), sessionAffinity: "ClientIP" } };
  return [account("live"), sticky, statefulSet("live", 2, "10Gi"), disruptionBudget("live")];
}

const account = (name: Role): Manifest => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name },
  automountServiceAccountToken: false,
});

/** A Service that has no address: each pod keeps its name, and Prometheus finds all of them. */
function headless(name: Role): Manifest {
  const all = service(name, [{ name: "http", port: PORT }], true);
  return { ...all, spec: { ...(all["spec"] as object), clusterIP: "None" } };
}

function statefulSet(name: Role, replicas: number, storage: string): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      serviceName: name,
      replicas,
      // Partitions belong to a journal, so the order of starts does not matter; updates go one by one all the same.
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      // Counts that Prometheus has not read yet, and the ids of 72 hours, are on the volume.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      minReadySeconds: 10,
      selector: { matchLabels: labelsOf(name) },
      template: template(name, []),
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "state" },
          spec: claim(storage),
        },
      ],
    },
  };
}

/** One pod alone: journal and spool have one writer. */
const claim = (storage: string): object => ({
  accessModes: ["ReadWriteOncePod"],
  resources: { requests: { storage } },
});

/** Cores and memory that a pod asks for: docs/scaling.md says what one takes. */
const REQUESTS: Readonly<Record<Role, { cpu: string; memory: string; limit: string }>> = {
  edge: { cpu: "500m", memory: "384Mi", limit: "512Mi" },
  aggregate: { cpu: "1", memory: "768Mi", limit: "1Gi" },
  live: { cpu: "500m", memory: "512Mi", limit: "1Gi" },
};

function template(name: Role, volumes: readonly object[]): object {
  const { cpu, memory, limit } = REQUESTS[name];
  return {
    metadata: { labels: scrapedLabels(name) },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_S,
      securityContext: podSecurity(NODE_USER),
      topologySpreadConstraints: spread(name),
      containers: [
        {
          name,
          image: "rumkit-collector",
          ports: [{ name: "http", containerPort: PORT }],
          env: settings(name),
          ...PROBES,
          resources: { requests: { cpu, memory }, limits: { memory: limit } },
          securityContext: CONTAINER_SECURITY,
          volumeMounts: [
            { name: "state", mountPath: "/var/lib/rumkit" },
            { name: "secrets", mountPath: "/run/secrets/rumkit", readOnly: true },
            { name: "config", mountPath: "/app/config", readOnly: true },
            TMP_MOUNT,
          ],
        },
      ],
      volumes: [
        ...volumes,
        { name: "secrets", projected: { defaultMode: 0o440, sources: SECRETS } },
        { name: "config", configMap: { name: "collector-config" } },
        TMP_VOLUME,
      ],
    },
  };
}

const SECRETS = [SECRET, BROKER_SECRET].map((name) => ({ secret: { name } }));

/** Settings of `rumkit serve`. Secrets are files, and never in a manifest. */
function settings(role: Role): object[] {
  const texts: Record<string, string> = {
    RUMKIT_ROLE: role,
    RUMKIT_BROKER_FILE: "/run/secrets/rumkit/broker",
    RUMKIT_BROKER_MONITOR: LOG_SERVERS.map((name) => `http://${name}.nats-headless:8222`).join(","),
    RUMKIT_BROKER_PARTITIONS: String(PARTITIONS),
    RUMKIT_CATALOG: "/app/config/catalog.ts",
    RUMKIT_ALLOWED_ORIGINS: `https://${SHOP_HOST}`,
    RUMKIT_WRITE_KEYS_FILE: "/run/secrets/rumkit/write-keys",
    RUMKIT_METRICS_TOKEN_FILE: "/run/secrets/rumkit/metrics-token",
    RUMKIT_LIVE_TOKEN_FILE: "/run/secrets/rumkit/live-token",
    // The gateway's pods: without it, all visitors share the limit of one address.
    RUMKIT_TRUSTED_PROXIES: "10.0.0.0/8",
    RUMKIT_SCRAPE_INTERVAL_MS: "30000",
    RUMKIT_DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
    RUMKIT_DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
    ...(role === "aggregate" && { RUMKIT_REMEMBERED_IDS: REMEMBERED_IDS }),
  };
  // `aggregate-0`: the same after each restart.
  const name = { name: "RUMKIT_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
  return [
    ...(role === "edge" ? [] : [name]),
    ...Object.entries(texts).map(([each, value]) => ({ name: each, value })),
  ];
}

/** The log by its vendor's chart: three servers, each write on three disks before it is acknowledged. */
export function natsValues(): object {
  return parse(NATS_VALUES) as object;
}

const NATS_VALUES = `
config:
  cluster:
    enabled: true
    replicas: 3
  jetstream:
    enabled: true
    fileStore:
      enabled: true
      dir: /data
      pvc:
        enabled: true
        size: 50Gi
    memoryStore:
      enabled: false
    merge:
      sync_interval: always
  monitor:
    enabled: true
    port: 8222
  merge:
    max_payload: 1048576
    authorization:
      user: rumkit
      password: << $RUMKIT_PASSWORD >>
container:
  env:
    RUMKIT_PASSWORD:
      valueFrom:
        secretKeyRef:
          name: ${BROKER_SECRET}
          key: broker-password
  merge:
    resources:
      requests: { cpu: "1", memory: 2Gi }
      limits: { memory: 4Gi }
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
podTemplate:
  topologySpreadConstraints:
    kubernetes.io/hostname:
      maxSkew: 1
      whenUnsatisfiable: DoNotSchedule
  merge:
    spec:
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        seccompProfile: { type: RuntimeDefault }
podDisruptionBudget:
  enabled: true
promExporter:
  enabled: true
  merge:
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
  podMonitor:
    enabled: true
natsBox:
  enabled: false
reloader:
  enabled: false
`;
