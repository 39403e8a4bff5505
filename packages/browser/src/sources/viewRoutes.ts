import type { PageEvent } from "@rumkit/protocol";

/** Routes of views that a redirect renamed after they were counted: a pending event may no longer have its route. */
export const renamedViews = new WeakMap<PageEvent, string>();
