/**
 * For the generators and `rumkit check`: descriptors, and the faults of a catalog. They load no collector. Not
 * public.
 */
export { toSentence } from "../catalog/lintDescriptors.ts";
export { alertsOf, atLeastOf, NO_DATA_FOR, secondsOf, windowOf } from "../catalog/alertDefaults.ts";
export { boardUid } from "../catalog/boardUid.ts";
export { COLLECTOR_ALERTS, toCamelCase } from "../catalog/alertNames.ts";
export { BURN_WINDOWS, hasFastWindow, PERIOD_DAYS, thresholdOf, windowsOf } from "../catalog/burnWindows.ts";
export {
  type CollectorAlert,
  collectorAlertsOf,
  type CollectorCondition,
  type Counted,
} from "../catalog/collectorAlerts.ts";
export { alertTexts, type ValueFormat } from "../catalog/alertTexts.ts";
export {
  allowedShareOf,
  HTTP_WINDOW,
  type ObjectiveAlert,
  objectiveAlertsOf,
  VITAL_WINDOW,
} from "../catalog/objectiveAlerts.ts";
export { CatalogError } from "../catalog/lintCatalog.ts";
export { familyName, measurementFamilyName, WITHOUT_AMOUNT } from "../catalog/describeCatalogMetrics.ts";
export { gaugeFamilyName } from "../catalog/describeGaugeMetrics.ts";
export { jobBuckets } from "../catalog/describeJobMetrics.ts";
export { toSnakeCase, WITHOUT_CATALOG } from "../catalog/names.ts";
export { lintCatalog } from "../catalog/lintCatalog.ts";
export { primaryConversion } from "../catalog/primaryConversion.ts";
export { TARGET_LABELS } from "../catalog/lintFields.ts";
export { describeMetrics, draftMetrics, findCatalogFaults } from "../collector/parts.ts";
export {
  buildLargestScrape,
  buildUsualCase,
  buildWorstCase,
  type MetricSize,
} from "../exposition/worstCase.ts";
export { INSTANCE_HEADER } from "../exposition/format.ts";
export { ingestedFamilyName } from "../catalog/names.ts";
export { describeBackendMetrics } from "../instrument/describeBackendMetrics.ts";
export {
  closedValues,
  isOpen,
  labelOf,
  type Labels,
  linesPerSeries,
  openLabels,
  ruleOf,
  MAX_LABEL_LENGTH,
} from "../metrics/descriptor.ts";
export { METHODS, OTHER_VALUE } from "../metrics/labelValues.ts";
export type { RecordSample } from "../metrics/sample.ts";
export { DEFAULT_BUDGET } from "../metrics/seriesBudget.ts";
export { RUNTIME_FAMILIES } from "../registry/runtimeFamilies.ts";
