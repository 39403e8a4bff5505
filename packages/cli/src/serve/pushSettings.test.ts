import { expect, test } from "vitest";
import { readGrafanaVariables, remoteWriteOf } from "./pushSettings.ts";
import type { EffectiveConfig } from "./settings.ts";

const GRAFANA = {
  GRAFANA_PUSH_URL: "https://push.example/api/prom/push",
  GRAFANA_USERNAME: "12345",
  GRAFANA_API_KEY: "secret",
};
const url = "https://other.example/api/v1/write";

test("Grafana's variables configure a push that nothing else configures", () => {
  expect(readGrafanaVariables(GRAFANA, [{}])).toEqual({
    remoteWriteUrl: GRAFANA.GRAFANA_PUSH_URL,
    remoteWriteUsername: "12345",
    remoteWritePassword: "secret",
  });
  expect(readGrafanaVariables({ ...GRAFANA, GRAFANA_PUSH_URL: "" }, [{}])).toEqual({});
});

test.each([{ remoteWrite: { url } }, { remoteWriteUrl: url }])(
  "another receiver never gets the credentials of Grafana's variables: %j",
  (layer) => {
    expect(readGrafanaVariables(GRAFANA, [{}, layer])).toEqual({});
  },
);

const of = (config: Partial<EffectiveConfig>) => remoteWriteOf(config as EffectiveConfig);

test("nothing is pushed without an address", () => {
  expect(of({ remoteWriteUsername: "a", remoteWritePassword: "b" })).toBeUndefined();
});

test("settings of one line take precedence over the option of a file", () => {
  const remoteWrite = { url, intervalMs: 30_000, labels: { region: "eu", instance: "file" } };
  const settings = {
    remoteWriteIntervalMs: 1_000,
    remoteWriteLabels: ["instance=a=b"],
    remoteWriteVersion: "otlp",
  };
  expect(of({ remoteWrite, ...settings } as Partial<EffectiveConfig>)).toEqual({
    url,
    intervalMs: 1_000,
    version: "otlp",
    labels: { region: "eu", instance: "a=b" },
  });
});

test("credentials of one kind replace those of the other in a file", () => {
  const basicAuth = { username: "file", password: "file" };
  expect(of({ remoteWrite: { url, basicAuth }, remoteWriteToken: "new" })).toEqual({
    url,
    bearerToken: "new",
  });
  const own = { remoteWriteUsername: "a", remoteWritePassword: "b" };
  expect(of({ remoteWrite: { url, bearerToken: "file" }, ...own })).toEqual({
    url,
    basicAuth: { username: "a", password: "b" },
  });
});
