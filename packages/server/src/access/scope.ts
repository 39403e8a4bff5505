/**
 * The scopes of a token: `metrics` opens the exposition, `live` the live page's stream, `admin` both and every route
 * that changes something.
 */
export const SCOPES = ["metrics", "live", "admin"] as const;

export type Scope = (typeof SCOPES)[number];

/**
 * The places where a request can be refused because it lacks a secret: a scope, or `/ingest`, which takes secret
 * keys.
 */
export const DENIABLE = [...SCOPES, "ingest"] as const;

/** The parts that can be left open to all on purpose. */
export const OPENABLE = ["collect", "metrics", "live"] as const;

export type Openable = (typeof OPENABLE)[number];
