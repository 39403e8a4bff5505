/** For the measurements and the tests of this repository: inner parts of a collector, one by one. Not public. */
export { createEngine, type Engine, ENGINE_SECTIONS } from "../alerts/engine.ts";
export { createPastSource, type PastSeries } from "../alerts/pastSource.ts";
export {
  replay,
  type ReplayedEpisode,
  type ReplayOptions,
  type SeriesToReplay,
  seriesToReplay,
} from "../alerts/replay.ts";
export { createRecorderSource } from "../alerts/source.ts";
export { type Message, writeMessage } from "../brokers/message.ts";
export { partitionOf, topicOf } from "../brokers/partition.ts";
export { assignPartitions } from "../cluster/assignment.ts";
export { clusterRecords, WANTED } from "../cluster/clusterRecords.ts";
export { createExposition } from "../exposition/createExposition.ts";
export { describeScrapeMetrics } from "../exposition/sendScrape.ts";
export { createExemplars } from "../exposition/renderSeries.ts";
export { createMetricsRoute } from "../exposition/metricsRoute.ts";
export { createCalendar } from "../history/calendar.ts";
export { createHistory } from "../history/history.ts";
export { MAX_SECTION_BYTES } from "../journal/keptDocuments.ts";
export { createLive } from "../live/createLive.ts";
export { createRecorder, type Recorder } from "../metrics/recorder.ts";
export type { SavedSeries } from "../metrics/restoreSeries.ts";
export type { Increment } from "../metrics/seriesStore.ts";
export { createScrubber } from "../scrub/createScrubber.ts";
export type { Alert, AlertChange } from "../alerts/alert.ts";
export { createNotices, type Notices, type NoticesParts } from "../notices/createNotices.ts";
export type { Notice } from "../notices/notice.ts";
export type { Delivery, Receiver, SendOutcome } from "../notices/receiver.ts";
export { checkReceiver, createReceiver } from "../receivers/createReceiver.ts";
export type { ReceiverContext } from "../receivers/receiverContext.ts";
export type { ReceiverOptions } from "../receivers/receiverOptions.ts";
