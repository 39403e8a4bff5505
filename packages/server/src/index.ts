/**
 * The collector, and the metrics of your backend. The generators are `rumkit/generate`.
 *
 * @module
 */
export type { AccessOptions, AccessToken, SecretKey, WriteKey } from "./access/accessOptions.ts";
export { experienceOf } from "./instrument/propagation.ts";
export type { ActionOptions } from "./actions/actionOptions.ts";
export type { AlertLinkOptions, AlertsOptions } from "./alerting/alertsOptions.ts";
export type { Alert, AlertChange } from "./alerts/alert.ts";
export type { Secret } from "./base/secret.ts";
export { BrokerError } from "./brokers/broker.ts";
export type { Broker, BrokerErrorCode } from "./brokers/broker.ts";
export type { BrokerOptions } from "./brokers/brokerOptions.ts";
export { openBroker } from "./brokers/openBroker.ts";
export { openEdgeBroker } from "./edge/openEdgeBroker.ts";
export type { ClusterOptions } from "./collector/clusterOptions.ts";
export type { CacheOptions } from "./instrument/caches.ts";
export type { StreamOptions } from "./instrument/streams.ts";
export type { TrackOutcome, Trackers } from "./instrument/trackers.ts";
export type { Collector, CollectorOptions } from "./collector/collector.ts";
export { connectCollector, type ConnectOptions } from "./collector/connectCollector.ts";
export { createCollector } from "./collector/createCollector.ts";
export {
  type AppendOutcome,
  type Journal,
  type JournalEntry,
  JournalError,
  type JournalErrorCode,
  type JournalState,
} from "./journal/journal.ts";
export type { DocumentChange, KeptDocuments } from "./journal/keptDocuments.ts";
export { createMemoryJournal, type MemoryJournalOptions } from "./journal/memoryJournal.ts";
export { openSqliteJournal, type SqliteJournalOptions } from "./journal/sqliteJournal.ts";
export { CatalogError } from "./catalog/lintCatalog.ts";
export { describeMetrics } from "./collector/parts.ts";
export type { Labels, MetricDescriptor } from "./metrics/descriptor.ts";
export { createLog, type LogOptions } from "./log/createLog.ts";
export type { Log, LogFields } from "./log/log.ts";
export { remoteWrite, type RemoteWriteOptions } from "./push/remoteWriteOptions.ts";
export { renderOpenApi } from "./openapi/openApiRoute.ts";
export type { Sample } from "./metrics/sample.ts";
export type { SourceMapOptions } from "./sourceMaps/createSourceMaps.ts";
export type { ScrubOptions } from "./scrub/createScrubber.ts";
export { serveCollector, type ServeCollectorOptions } from "./collector/serveCollector.ts";
export type { AttachOptions, AttachWebSocket } from "./socket/upgrades.ts";
export { serveWorkers, type ServeWorkersOptions } from "./collector/serveWorkers.ts";
export { sharedCollector } from "./collector/sharedCollector.ts";
