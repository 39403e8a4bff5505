/** A release of the license server and its page. Of 2.1.0, the forecast is broken: the story of the bug. */
export interface Release {
  readonly name: string;
  readonly hasForecast: boolean;
}

export const releases = {
  first: { name: "2.0.0", hasForecast: false },
  faulty: { name: "2.1.0", hasForecast: true },
  fixed: { name: "2.1.1", hasForecast: false },
} as const satisfies Record<string, Release>;

/** The release that answers now. Only a story changes it. */
export interface Deployment {
  current: Release;
}
