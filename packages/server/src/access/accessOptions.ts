/**
 * The key that a page sends with its batches: `createMetrics({ url: "https://rum.example/collect?key=…" })`.
 *
 * Every visitor of the page can read the key, so it is not a secret. It identifies the pages, works only on their
 * origins, and can be revoked. To rotate it, list the new one beside the old one, ship the page, then remove the old
 * one.
 */
export interface WriteKey {
  /** The name that people use for it. */
  readonly name: string;
  /** 16 to 128 letters, digits, `-` and `_`, because it is part of a URL. */
  readonly key: string;
  /** Origins whose pages may use the key. Default all of `allowedOrigins`. */
  readonly origins?: readonly string[] | undefined;
  /** The app of the key. Default the catalog's app. A collector refuses the keys of other apps. */
  readonly app?: string | undefined;
}

/** A secret that a service or a person holds, sent as `Authorization: Bearer …`. Exactly one of the two forms. */
export interface SecretKey {
  /** The name that people use for it. */
  readonly name: string;
  /** The secret itself, 16 characters or more: from the environment, never from a file in a repository. */
  readonly secret?: string | undefined;
  /**
   * The SHA-256 digest of the secret in hex, as `rumkit key` prints it: a file that leaks does not reveal the secret.
   */
  readonly sha256?: string | undefined;
}

/** A secret, and the scopes that it opens. */
export interface AccessToken extends SecretKey {
  readonly scopes: readonly Scope[];
}

/**
 * Access of pages, services and readers. With this option every route needs a key or token, except for the parts in
 * `open`, and for `/healthz`, `/readyz`, `/collect/funnels`, `/rum.js` and the files of the live page, which contain no
 * metrics.
 */
export interface AccessOptions {
  /** Keys of pages, for `POST /collect`. */
  readonly writeKeys?: readonly WriteKey[] | undefined;
  /** Keys of services, for `POST /ingest`. */
  readonly secretKeys?: readonly SecretKey[] | undefined;
  /** Tokens for `GET /metrics`, the live stream and the API. */
  readonly tokens?: readonly AccessToken[] | undefined;
  /** Parts that stay open to all. Default none. */
  readonly open?: readonly Openable[] | undefined;
  /**
   * Host names under which the parts in `open` may be read. A request with another `Host` needs a token. IP addresses
   * and the names of loopback are always allowed. Default: any name, for collectors behind a proxy.
   */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * The scopes of a token: `metrics` opens the exposition, `live` the live page's stream, `alerts` the same and whatever acts
 * on alerts (acknowledge, silence, approve an action), `admin` all of them and every other route that changes something.
 *
 * `alerts` is apart from `admin`, because people on call and agents need no right to upload source maps.
 */
export const SCOPES = ["metrics", "live", "alerts", "admin"] as const;

export type Scope = (typeof SCOPES)[number];

/** The scopes for which a request without a secret can be refused, and `/ingest`, which requires a secret key. */
export const DENIABLE = [...SCOPES, "ingest"] as const;

/** The parts that can be open without a key or token. */
export const OPENABLE = ["collect", "metrics", "live", "alerts"] as const;

export type Openable = (typeof OPENABLE)[number];
