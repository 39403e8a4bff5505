/** For `rumkit alerts replay`: alerts over the past. Not public. */
export type { PastSeries } from "../alerts/pastSource.ts";
export { replay, type ReplayedEpisode, seriesToReplay } from "../alerts/replay.ts";
