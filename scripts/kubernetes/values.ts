import { GRAFANA_HOST } from "./manifest.ts";

/** Prometheus twice, for 30 days or 45 GB, a scrape every 30 s; Grafana with the boards of every namespace. */
export function prometheusValues(): object {
  const storage = (size: string): object => ({
    volumeClaimTemplate: {
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
    },
  });
  return {
    prometheus: {
      prometheusSpec: {
        replicas: 2,
        retention: "30d",
        // Below the volume: the log of the last hours is not in it.
        retentionSize: "45GB",
        scrapeInterval: "30s",
        evaluationInterval: "30s",
        podAntiAffinity: "hard",
        storageSpec: storage("60Gi"),
        // Monitors and rules of every namespace, whatever labels they have.
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        enforcedBodySizeLimit: "200MB",
        resources: { requests: { cpu: "500m", memory: "2Gi" }, limits: { memory: "4Gi" } },
      },
    },
    alertmanager: { alertmanagerSpec: { replicas: 2, podAntiAffinity: "hard", storage: storage("2Gi") } },
    grafana: {
      // The Secret that setup.sh creates: no password is in this file.
      admin: { existingSecret: "grafana-admin", userKey: "admin-user", passwordKey: "admin-password" },
      "grafana.ini": {
        server: { root_url: `https://${GRAFANA_HOST}` },
        "auth.anonymous": { enabled: false },
        users: { allow_sign_up: false },
        analytics: { reporting_enabled: false, check_for_updates: false },
      },
      persistence: { enabled: true, size: "5Gi" },
      sidecar: {
        dashboards: {
          enabled: true,
          label: "grafana_dashboard",
          labelValue: "1",
          searchNamespace: "ALL",
          folderAnnotation: "grafana_folder",
          provider: { foldersFromFilesStructure: true },
        },
        datasources: { uid: "prometheus", defaultDatasourceScrapeInterval: "30s" },
      },
      additionalDataSources: [
        { name: "Loki", uid: "loki", type: "loki", access: "proxy", url: "http://loki.monitoring.svc:3100" },
      ],
    },
  };
}

/** One process with its data on a volume, for 30 days: enough for some 20 GB of logs a day. */
export function lokiValues(): object {
  return {
    deploymentMode: "SingleBinary",
    loki: {
      auth_enabled: false,
      commonConfig: { replication_factor: 1 },
      storage: { type: "filesystem" },
      schemaConfig: {
        configs: [
          {
            from: "2025-01-01",
            store: "tsdb",
            object_store: "filesystem",
            schema: "v13",
            index: { prefix: "index_", period: "24h" },
          },
        ],
      },
      limits_config: { retention_period: "720h", ingestion_rate_mb: 8, max_label_names_per_series: 15 },
      compactor: { retention_enabled: true, delete_request_store: "filesystem" },
    },
    singleBinary: { replicas: 1, persistence: { size: "50Gi" } },
    read: { replicas: 0 },
    write: { replicas: 0 },
    backend: { replicas: 0 },
    chunksCache: { enabled: false },
    resultsCache: { enabled: false },
    gateway: { enabled: false },
    test: { enabled: false },
    lokiCanary: { enabled: false },
  };
}
