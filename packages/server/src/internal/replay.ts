/** For `rumkit alerts replay`: alerts over the past. Not public. */
export type { PastSeries } from "../alerts/pastSource.ts";
export { replay, type ReplayedEpisode, seriesToReplay } from "../alerts/replay.ts";
export { type JournalReplay, replayJournal } from "../alerts/replayJournal.ts";
export { readDocuments } from "../journal/readDocuments.ts";
