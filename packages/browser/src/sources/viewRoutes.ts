import type { PageEvent } from "@rumkit/protocol";

/** The routes of views that a redirect renamed after they were counted: an event that waits has its route no more. */
export const renamedViews = new WeakMap<PageEvent, string>();
