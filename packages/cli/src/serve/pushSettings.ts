import type { RemoteWriteOptions } from "@rumkit/server";
import { findRemoteWriteFaults } from "@rumkit/server/internal/serve";
import { z } from "zod";
import type { RumkitConfig } from "./config.ts";
import type { EffectiveConfig } from "./settings.ts";
import { choice, fileOnly, list, optional, secret, text, whole } from "./settingForms.ts";

type Options = NonNullable<RumkitConfig["remoteWrite"]>;

/** The server checks the whole option. */
const remoteWrite = z.custom<Options>().superRefine((value, context) => {
  for (const { path, rest } of findRemoteWriteFaults(value))
    context.addIssue({ code: "custom", path: [...path], message: rest });
});

const label = z.string().regex(/^[a-zA-Z_]\w*=./, "must be name=value");

/** The settings of the push. Those of one line take precedence over the option of a file. */
export const pushSettings = {
  remoteWrite: optional(
    fileOnly(remoteWrite, "url, credentials, labels", {
      unset: "nothing is pushed",
      help: "a push of all metrics to a Prometheus that cannot scrape",
    }),
  ),
  remoteWriteUrl: optional({
    ...secret({ unset: "`GRAFANA_PUSH_URL`", help: "its url alone" }),
    values: "an address",
  }),
  remoteWriteUsername: optional(
    text("text", { unset: "`GRAFANA_USERNAME`", help: "user of its Basic authentication" }),
  ),
  remoteWritePassword: optional({
    ...secret({ unset: "`GRAFANA_API_KEY`", help: "password or token of its Basic authentication" }),
    values: "text",
  }),
  remoteWriteToken: optional({ ...secret({ help: "token of its Bearer authentication" }), values: "text" }),
  remoteWriteIntervalMs: optional(whole(1_000, 300_000, { unset: "15000", help: "ms between two pushes" })),
  remoteWriteVersion: optional(
    choice(["1.0", "2.0", "otlp"], { unset: "1.0", help: "protocol: remote write 1.0 or 2.0, or OTLP" }),
  ),
  remoteWriteLabels: optional(
    list(label, "name=value", { unset: "job and instance", help: "labels for every series that is pushed" }),
  ),
  remoteWritePrivate: optional(
    list(z.string(), "addresses or CIDRs", { help: "private networks in which the receiver may be" }),
  ),
};

/** The variables of Grafana's examples, for a push that nothing else configures. */
const GRAFANA = {
  remoteWriteUrl: "GRAFANA_PUSH_URL",
  remoteWriteUsername: "GRAFANA_USERNAME",
  remoteWritePassword: "GRAFANA_API_KEY",
} as const;

/** The variable from which a setting of the push comes if no other source has it. */
export function grafanaVariable(setting: string): string {
  return Object.hasOwn(GRAFANA, setting) ? GRAFANA[setting as keyof typeof GRAFANA] : "";
}

/**
 * Returns the settings of the push by Grafana's variables: none unless `GRAFANA_PUSH_URL` is set, and none if another source
 * configures a push, whose receiver must not get these credentials.
 */
export function readGrafanaVariables(
  env: Readonly<Record<string, string | undefined>>,
  others: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, unknown>> {
  const isConfigured = others.some(
    (layer) => (layer["remoteWrite"] ?? layer["remoteWriteUrl"]) !== undefined,
  );
  if (isConfigured || (env[GRAFANA.remoteWriteUrl] ?? "") === "") return {};
  return Object.fromEntries(
    Object.entries(GRAFANA).flatMap(([setting, variable]) => {
      const value = env[variable] ?? "";
      return value === "" ? [] : [[setting, value]];
    }),
  );
}

/** Returns the option `remoteWrite` of a configuration; undefined if it has no address. */
export function remoteWriteOf(config: EffectiveConfig): RemoteWriteOptions | undefined {
  const { remoteWrite: option = {}, remoteWriteUrl: url = config.remoteWrite?.url } = config;
  if (url === undefined) return undefined;
  const { remoteWriteUsername: username, remoteWritePassword: password, remoteWriteToken: token } = config;
  const hasUser = username !== undefined && password !== undefined;
  const { basicAuth, bearerToken, ...others }: Partial<Options> = option;
  const own = {
    ...(basicAuth && token === undefined && { basicAuth }),
    ...(bearerToken !== undefined && !hasUser && { bearerToken }),
  };
  return {
    ...others,
    ...own,
    url,
    ...(hasUser && { basicAuth: { username, password } }),
    ...(token !== undefined && { bearerToken: token }),
    ...(config.remoteWriteIntervalMs !== undefined && { intervalMs: config.remoteWriteIntervalMs }),
    ...(config.remoteWriteVersion !== undefined && { version: config.remoteWriteVersion }),
    ...(config.remoteWriteLabels && { labels: { ...others.labels, ...labelsOf(config.remoteWriteLabels) } }),
    ...(config.remoteWritePrivate && { allowPrivateAddresses: config.remoteWritePrivate }),
  };
}

function labelsOf(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((pair) => {
      const place = pair.indexOf("=");
      return [pair.slice(0, place), pair.slice(place + 1)];
    }),
  );
}
