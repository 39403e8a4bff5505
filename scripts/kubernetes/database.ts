import {
  APP,
  CONTAINER_SECURITY,
  DATABASE_SECRET,
  labelsOf,
  type Manifest,
  podSecurity,
  service,
  TMP_MOUNT,
  TMP_VOLUME,
} from "./manifest.ts";

/** The user of PostgreSQL's image on Debian, and `nobody` of the exporter's. */
const POSTGRES_USER = 999;
const NOBODY = 65_534;

const SECRETS_MOUNT = { name: "secrets", mountPath: "/secrets", readOnly: true };

const secretsVolume = (keys: readonly string[]): object => ({
  name: "secrets",
  secret: { secretName: DATABASE_SECRET, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
});

/** One PostgreSQL for the demo. An app of yours has a database already: leave this out. */
export function postgresManifests(image: string): Manifest[] {
  const name = "postgres";
  return [
    service(name, [{ name, port: 5432 }]),
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name, labels: labelsOf(name) },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labelsOf(name) },
        template: {
          metadata: { labels: labelsOf(name) },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 60,
            securityContext: podSecurity(POSTGRES_USER),
            containers: [
              {
                name,
                image,
                args: ["postgres", "-c", "shared_preload_libraries=pg_stat_statements"],
                ports: [{ name, containerPort: 5432 }],
                env: [
                  { name: "POSTGRES_DB", value: APP },
                  { name: "POSTGRES_PASSWORD_FILE", value: "/secrets/postgres-password" },
                  // The root of a volume belongs to its storage.
                  { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
                ],
                readinessProbe: {
                  exec: { command: ["pg_isready", "--host", "127.0.0.1", "--username", "postgres"] },
                  periodSeconds: 5,
                },
                resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
                securityContext: CONTAINER_SECURITY,
                volumeMounts: [
                  { name: "data", mountPath: "/var/lib/postgresql/data" },
                  { name: "run", mountPath: "/var/run/postgresql" },
                  { name: "setup", mountPath: "/docker-entrypoint-initdb.d", readOnly: true },
                  SECRETS_MOUNT,
                  TMP_MOUNT,
                ],
              },
            ],
            volumes: [
              { name: "run", emptyDir: {} },
              { name: "setup", configMap: { name: "postgres-setup", defaultMode: 0o555 } },
              secretsVolume(["postgres-password", "shop-password", "exporter-password"]),
              TMP_VOLUME,
            ],
          },
        },
        volumeClaimTemplates: [
          {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOncePod"], resources: { requests: { storage: "10Gi" } } },
          },
        ],
      },
    },
  ];
}

/** postgres_exporter with the queries of deploy/postgres/queries.yaml, and what scrapes it. */
export function exporterManifests(image: string): Manifest[] {
  const name = "postgres-exporter";
  const metrics = { name: "metrics", port: 9187 };
  return [
    service(name, [metrics]),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: labelsOf(name) },
      spec: {
        replicas: 1,
        selector: { matchLabels: labelsOf(name) },
        template: {
          metadata: { labels: labelsOf(name) },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: podSecurity(NOBODY),
            containers: [
              {
                name,
                image,
                args: ["--extend.query-path=/etc/postgres-exporter/queries.yaml"],
                ports: [{ name: metrics.name, containerPort: metrics.port }],
                env: [
                  { name: "DATA_SOURCE_URI", value: "postgres:5432/shop?sslmode=disable" },
                  { name: "DATA_SOURCE_USER", value: "exporter" },
                  { name: "DATA_SOURCE_PASS_FILE", value: "/secrets/exporter-password" },
                ],
                readinessProbe: { httpGet: { path: "/", port: metrics.name }, periodSeconds: 10 },
                resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                securityContext: CONTAINER_SECURITY,
                volumeMounts: [
                  { name: "queries", mountPath: "/etc/postgres-exporter", readOnly: true },
                  SECRETS_MOUNT,
                ],
              },
            ],
            volumes: [
              { name: "queries", configMap: { name: "postgres-queries" } },
              secretsVolume(["exporter-password"]),
            ],
          },
        },
      },
    },
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: { name },
      spec: {
        selector: { matchLabels: labelsOf(name) },
        sampleLimit: 20_000,
        endpoints: [
          {
            port: metrics.name,
            // The name in `rumkit generate --postgres-job`.
            relabelings: [{ action: "replace", targetLabel: "job", replacement: "postgres" }],
          },
        ],
      },
    },
  ];
}
