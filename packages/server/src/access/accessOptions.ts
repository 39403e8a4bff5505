import type { Openable, Scope } from "./scope.ts";

/**
 * The key that a page sends with its batches: `createMetrics({ url: "https://rum.example/collect?key=…" })`.
 *
 * Everybody who opens the page can read it, so it is no secret: it says which pages are meant, it is bound to
 * their origins, and it can be taken back. To rotate it, list the new one beside the old one, ship the page,
 * then remove the old one.
 */
export interface WriteKey {
  /** What people call it. */
  readonly name: string;
  /** 16 to 128 letters, digits, `-` and `_`: it travels in an address. */
  readonly key: string;
  /** Origins whose pages may use it. Default every one of `allowedOrigins`. */
  readonly origins?: readonly string[] | undefined;
  /** The app that it is for. Default the catalogue's; a key of another app opens nothing here. */
  readonly app?: string | undefined;
}

/** A secret that a service or a person holds, sent as `Authorization: Bearer …`. Exactly one of the two forms. */
export interface SecretKey {
  /** What people call it. */
  readonly name: string;
  /** The secret itself, 16 characters or more: from the environment, never from a file in a repository. */
  readonly secret?: string | undefined;
  /** The SHA-256 digest of the secret in hex, as `rumkit key` prints it: a file that leaks tells nobody the secret. */
  readonly sha256?: string | undefined;
}

/** A secret, and what it opens. */
export interface AccessToken extends SecretKey {
  readonly scopes: readonly Scope[];
}

/**
 * Who may do what. As soon as it is given, everything is closed that no key, no token and no word in `open`
 * opens; only `/healthz`, `/readyz`, `/collect/funnels`, `/rum.js` and the files of the live page, which hold no figures,
 * stay as they are.
 */
export interface AccessOptions {
  /** Of pages, for `POST /collect`. */
  readonly writeKeys?: readonly WriteKey[] | undefined;
  /** Of services, for `POST /ingest`. */
  readonly secretKeys?: readonly SecretKey[] | undefined;
  /** For `GET /metrics`, the live stream and the API. */
  readonly tokens?: readonly AccessToken[] | undefined;
  /** What stays open to everybody. Default nothing. */
  readonly open?: readonly Openable[] | undefined;
  /**
   * Names by which what is in `open` may be read: other values of `Host` need a token. Addresses and the names
   * of loopback always may. Default any name, as behind a proxy of yours.
   */
  readonly hosts?: readonly string[] | undefined;
}
