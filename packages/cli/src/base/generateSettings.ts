/** Names of the labels that tell the targets of Prometheus apart. */
export interface TargetLabels {
  /** The label of the scrape job. Default `job`. */
  readonly job: string;
  /** The label of the process. Default `instance`. */
  readonly instance: string;
  /** The label of the app in `app_info`. Default `app`; `exported_app` where targets have a label `app` as well. */
  readonly app: string;
  /** The label of the environment (staging, production) that targets have. Default `environment`. */
  readonly environment: string;
  /** The label of the cluster. Default none: boards have no choice of it. */
  readonly cluster?: string | undefined;
}

/**
 * Parts of an app that its code measures and no catalog declares, so that the catalog cannot tell whether they exist.
 */
export const UNDECLARED_PARTS = ["database", "queues", "streams", "caches"] as const;

export type UndeclaredPart = (typeof UNDECLARED_PARTS)[number];

/** Settings of one's Prometheus and Grafana, on which boards and rules depend beside the catalog. */
export interface GenerateSettings {
  readonly labels: TargetLabels;
  /** Text before the title of each board, such as `"Acme / "`. Default none. */
  readonly titlePrefix: string;
  /** Text before the uid of each board: letters, digits, `-` and `_`. Default `rumkit-`. */
  readonly uidPrefix: string;
  /** Grafana's folder for `--push` and for the sidecar of `--config-map`. Default `rumkit`. */
  readonly folder: string;
  /** Tags of each board, in addition to `rumkit` and the name of the app. Default none. */
  readonly tags: readonly string[];
  /** Parts that the app does not have: boards have no section about them. Default none. */
  readonly leaveOut: readonly UndeclaredPart[];
  /**
   * The scrape job of postgres_exporter, whose metrics the board Database shows beside the app's own. Default none: the board
   * has no panels of it.
   */
  readonly postgresJob?: string | undefined;
  /** `browser`, `utc`, or a name such as `Europe/Berlin`. Default `browser`. */
  readonly timezone: string;
  /** The folder of runbooks, to which alerts link. Default none: alerts have no link. */
  readonly runbookUrl?: string | undefined;
  /** The address of Grafana, for links from alerts to boards. Default none: alerts have no link. */
  readonly grafanaUrl?: string | undefined;
  /** The label `team` of alerts that name no team. Default none: they have no such label. */
  readonly team?: string | undefined;
  /** The uid of Prometheus among Grafana's data sources, for `--grafana-alerting`. Default `prometheus`. */
  readonly datasourceUid: string;
  /** Record our series under names of older dashboards as well, such as `frontend_page_views_total`. Default false. */
  readonly aliases: boolean;
}

export const DEFAULT_LABELS: TargetLabels = {
  job: "job",
  instance: "instance",
  app: "app",
  environment: "environment",
};

export const DEFAULT_SETTINGS: GenerateSettings = {
  labels: DEFAULT_LABELS,
  titlePrefix: "",
  uidPrefix: "rumkit-",
  folder: "rumkit",
  tags: [],
  leaveOut: [],
  timezone: "browser",
  datasourceUid: "prometheus",
  aliases: false,
};
