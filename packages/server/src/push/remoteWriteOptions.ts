import type { Secret } from "../base/secret.ts";
import type { Labels } from "../metrics/descriptor.ts";

/** A push of all metrics to a Prometheus that cannot scrape this collector. */
export interface RemoteWriteOptions {
  /**
   * The address of the receiver, with its path: `https://prometheus-prod-01.grafana.net/api/prom/push`,
   * `http://prometheus:9090/api/v1/write`, `http://victoria:8428/api/v1/write`. For `version: "otlp"` e.g.
   * `http://prometheus:9090/api/v1/otlp/v1/metrics`.
   */
  readonly url: Secret;
  /** Milliseconds between two pushes, 1,000 to 300,000: a series that is silent for five minutes is stale to Prometheus. Default 15,000. */
  readonly intervalMs?: number;
  /** Basic authentication. For Grafana Cloud the instance's number and a token with the scope `metrics:write`. */
  readonly basicAuth?: { readonly username: Secret; readonly password: Secret };
  /** A token for `Authorization: Bearer …`. */
  readonly bearerToken?: Secret;
  /** Further headers, e.g. `{ "X-Scope-OrgID": "shop" }` for Mimir. Not those of the protocol. */
  readonly headers?: Readonly<Record<string, Secret>>;
  /**
   * Labels for every series, as a scrape adds those of its target. Default `job`, the app's name, and `instance`, the
   * machine's, with the name of an aggregator or a live role; both are kept unless they are named here. Two processes need
   * different ones.
   */
  readonly labels?: Labels;
  /**
   * The protocol. `"1.0"`: remote write, which every receiver takes. `"2.0"`: its successor, which is experimental; a
   * receiver that does not know it gets 1.0. `"otlp"`: OTLP over HTTP. Default `"1.0"`.
   */
  readonly version?: "1.0" | "2.0" | "otlp";
  /**
   * Milliseconds that samples may wait for the receiver, 60,000 to 86,400,000; older ones are dropped and counted. Default an
   * hour: Prometheus refuses what is older than half of its block of two hours.
   */
  readonly maxAgeMs?: number;
  /**
   * Bytes of samples, compressed, that may wait, 65,536 to 12,582,912; beyond it the oldest are dropped and counted. They are
   * in the journal, and survive a restart if it does. Default 8,388,608.
   */
  readonly maxSpoolBytes?: number;
  /**
   * Splits a request that the receiver refuses because of its content, so that the series that it refuses cost no others.
   * Default true. False: it is dropped as a whole.
   */
  readonly bisect?: boolean;
  /** Private networks and addresses that the receiver may have: `["10.0.0.0/8"]`, `["127.0.0.1"]`. Default none. */
  readonly allowPrivateAddresses?: readonly string[];
}

/** The variables that Grafana's own examples use. */
const VARIABLES = {
  url: "GRAFANA_PUSH_URL",
  username: "GRAFANA_USERNAME",
  password: "GRAFANA_API_KEY",
} as const;

/**
 * Returns the option `remoteWrite`. Without options it reads `GRAFANA_PUSH_URL`, `GRAFANA_USERNAME` and `GRAFANA_API_KEY`, and
 * returns undefined if the first is not set or empty: then nothing is pushed.
 *
 * @example
 * createCollector({ catalog, remoteWrite: remoteWrite() });
 */
export function remoteWrite(options: RemoteWriteOptions): RemoteWriteOptions;
export function remoteWrite(
  options?: Partial<RemoteWriteOptions>,
  env?: Readonly<Record<string, string | undefined>>,
): RemoteWriteOptions | undefined;
export function remoteWrite(
  options: Partial<RemoteWriteOptions> = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): RemoteWriteOptions | undefined {
  const url = options.url ?? textOf(env[VARIABLES.url]);
  if (url === undefined) return undefined;
  const username = textOf(env[VARIABLES.username]);
  const password = textOf(env[VARIABLES.password]);
  const hasOwn =
    options.url !== undefined || options.basicAuth !== undefined || options.bearerToken !== undefined;
  const basicAuth =
    hasOwn || username === undefined || password === undefined ? {} : { basicAuth: { username, password } };
  return { ...basicAuth, ...options, url };
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}
