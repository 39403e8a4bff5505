import { expect, test } from "vitest";
import { remoteWrite } from "./remoteWriteOptions.ts";

const GRAFANA = {
  GRAFANA_PUSH_URL: "https://push.example/api/prom/push",
  GRAFANA_USERNAME: "12345",
  GRAFANA_API_KEY: "secret",
};
const basicAuth = { username: "12345", password: "secret" };

test.each([{}, { GRAFANA_PUSH_URL: "" }, { GRAFANA_PUSH_URL: " " }, { ...GRAFANA, GRAFANA_PUSH_URL: "" }])(
  "nothing is pushed without an address: %j",
  (env) => {
    expect(remoteWrite({}, env)).toBeUndefined();
    expect(remoteWrite({ intervalMs: 1_000 }, env)).toBeUndefined();
  },
);

test("the variables of Grafana's examples are the address and its credentials", () => {
  expect(remoteWrite(undefined, GRAFANA)).toEqual({ url: GRAFANA.GRAFANA_PUSH_URL, basicAuth });
  expect(remoteWrite({ intervalMs: 1_000 }, GRAFANA)).toMatchObject({ intervalMs: 1_000, basicAuth });
});

test.each(["GRAFANA_USERNAME", "GRAFANA_API_KEY"] as const)(
  "half of the credentials is left out: no %s",
  (one) => {
    expect(remoteWrite({}, { ...GRAFANA, [one]: "" })).toEqual({ url: GRAFANA.GRAFANA_PUSH_URL });
  },
);

test("another address never gets the credentials of the variables", () => {
  const url = "https://other.example/api/v1/write";
  expect(remoteWrite({ url }, GRAFANA)).toEqual({ url });
});

test("credentials in the options take precedence", () => {
  expect(remoteWrite({ bearerToken: "own" }, GRAFANA)).toEqual({
    url: GRAFANA.GRAFANA_PUSH_URL,
    bearerToken: "own",
  });
});
