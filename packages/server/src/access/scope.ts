/**
 * What a token may open: `metrics` the exposition, `live` the live page's stream, `admin` both and whatever
 * changes something.
 */
export const SCOPES = ["metrics", "live", "admin"] as const;

export type Scope = (typeof SCOPES)[number];

/** Where a request can be refused for want of a secret: a scope, or `/ingest`, which takes secret keys. */
export const DENIABLE = [...SCOPES, "ingest"] as const;

/** What can be left open to everybody on purpose. */
export const OPENABLE = ["collect", "metrics", "live"] as const;

export type Openable = (typeof OPENABLE)[number];
