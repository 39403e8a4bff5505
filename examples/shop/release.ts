/** The release of this shop, as the page and the server report it. A real build would take it from its tag. */
export const RELEASE = "1.4.0";

/** A release of the story that the demo plays. */
export interface Release {
  readonly name: string;
  /** True if its product page is slow, and fails for some. */
  readonly isFaulty: boolean;
}

export const releases = {
  first: { name: RELEASE, isFaulty: false },
  faulty: { name: "1.5.0", isFaulty: true },
  rollback: { name: "1.5.1", isFaulty: false },
} as const satisfies Record<string, Release>;

/** The release that serves new visitors and new requests now. Only the story changes it. */
export interface Deployment {
  current: Release;
}
