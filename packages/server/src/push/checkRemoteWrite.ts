import { checkSecret } from "../base/secret.ts";
import {
  boolean,
  type Check,
  describePath,
  Faults,
  isObject,
  number,
  object,
  oneOf,
  type Path,
  record,
  required,
  text,
} from "../base/shape.ts";
import { withoutValues } from "../base/withoutValues.ts";
import { checkNetworks, isNetwork } from "../receivers/addressPolicy.ts";
import { createOptionChecks, headerFault, secretThat } from "../receivers/optionChecks.ts";

/** The name of the option in messages about addresses. */
export const PRIVATE_OPTION = "remoteWrite.allowPrivateAddresses";

/** Headers that the protocol or the connection sets. */
const RESERVED =
  /^(?:authorization|connection|content-(?:encoding|length|type)|host|transfer-encoding|user-agent|x-prometheus-remote-write-version)$/i;

const between = (least: number, most: number): Check =>
  number(`a number from ${least} to ${most}`, (value) => value >= least && value <= most);

const checkHeaderName: Check = (name, path, faults) => {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name as string)) faults.add(path, "is not the name of a header.");
  else if (RESERVED.test(name as string))
    faults.add(path, "is set by the push. Remove it; credentials have separate options.");
};

const checkLabelName: Check = (name, path, faults) => {
  if (!/^[a-zA-Z_]\w*$/.test(name as string) || /^__|^(?:le|quantile)$/.test(name as string))
    faults.add(
      path,
      "is not the name of a label. Write letters, digits and _; not le, quantile, or __ at the start.",
    );
};

/** Returns the faults of the option `remoteWrite`, without values. Paths begin below it. */
export function findRemoteWriteFaults(value: unknown): { readonly path: Path; readonly rest: string }[] {
  const faults = new Faults("remoteWrite");
  checkRemoteWrite(value, ["remoteWrite"], faults);
  return faults.found.map(({ path, text: fault }) => ({
    path: path.slice(1),
    rest: withoutValues(fault)
      .slice(describePath(path).length + 1)
      .replace(/\.$/, ""),
  }));
}

/** Checks the option `remoteWrite`. No fault repeats a secret. */
export const checkRemoteWrite: Check = (value, path, faults) => {
  // A network that is not one is a fault, and allows nothing.
  const networks = isObject(value) ? value["allowPrivateAddresses"] : undefined;
  const allowPrivateAddresses = Array.isArray(networks) ? networks.filter(isNetwork) : [];
  const { secretUrl } = createOptionChecks({ allowPrivateAddresses, addressOption: PRIVATE_OPTION });
  const headerValue = secretThat(headerFault);
  object(
    {
      url: required(secretUrl, 'the address of the receiver, e.g. "https://prometheus.example/api/v1/write"'),
      intervalMs: between(1_000, 300_000),
      basicAuth: object(
        {
          username: required(checkSecret, "the user"),
          password: required(checkSecret, "the password or token"),
        },
        { example: '{ username: "12345", password: { env: "GRAFANA_API_KEY" } }' },
      ),
      bearerToken: headerValue,
      headers: record(checkHeaderName, headerValue, '{ "X-Scope-OrgID": "shop" }'),
      labels: record(checkLabelName, text('"eu"'), '{ instance: "shop-1" }'),
      version: oneOf(["1.0", "2.0", "otlp"], { "1": "1.0", "2": "2.0" }),
      maxAgeMs: between(60_000, 86_400_000),
      maxSpoolBytes: between(65_536, 12_582_912),
      bisect: boolean,
      allowPrivateAddresses: checkNetworks,
    },
    {
      example: '{ url: { env: "GRAFANA_PUSH_URL" } }',
      together: (checked, at, found) => {
        if (checked["basicAuth"] !== undefined && checked["bearerToken"] !== undefined)
          found.add(at, "has both basicAuth and bearerToken. Keep one of them.");
      },
    },
  )(value, path, faults);
};
