import { checkAction, checkActionName } from "../actions/checkAction.ts";
import {
  type Check,
  describePath,
  Faults,
  isObject,
  list,
  mustBe,
  object,
  type Path,
  record,
  required,
} from "../base/shape.ts";
import { withoutValues } from "../base/withoutValues.ts";
import { checkWindow } from "../catalog/lintDuration.ts";
import { faultOfMatcher } from "../notices/matchers.ts";
import { checkReceiverCount, noticeChecks } from "../notices/noticeChecks.ts";
import { isNetwork } from "../receivers/addressPolicy.ts";
import { checkReceiver } from "../receivers/createReceiver.ts";
import { createOptionChecks } from "../receivers/optionChecks.ts";

const RECEIVERS = '{ chat: { type: "slack", url: { env: "SLACK_URL" } } }';
const ACTIONS = '{ rollback: { match: ["alertname=ShopFastPagesMissed"], url: { env: "ROLLBACK_URL" } } }';

/** Checks the option `alerts`. The names of receivers, mute times and actions refer to one another. */
export const checkAlerts: Check = (value, path, faults) => {
  if (value === false) return;
  if (!isObject(value))
    return faults.add(path, mustBe(`an object, e.g. { receivers: ${RECEIVERS} }, or false`, value));
  const namesOf = (key: string): string[] => (isObject(value[key]) ? Object.keys(value[key]) : []);
  // A network that is not one is a fault, and allows nothing.
  const context = { allowPrivateAddresses: networksOf(value["allowPrivateAddresses"]) };
  const { secretUrl } = createOptionChecks(context);
  const check = object(
    {
      ...noticeChecks({ receivers: namesOf("receivers"), muteTimes: namesOf("muteTimes") }),
      receivers: checkAllReceivers(checkReceiver(context)),
      heartbeat: object(
        { url: required(secretUrl, "the address of the watcher"), every: checkWindow },
        { example: '{ url: { env: "HEARTBEAT_URL" }, every: "1m" }' },
      ),
      links: object(
        { live: checkLink, grafana: checkLink, runbooks: checkLink },
        { example: '{ live: "https://shop.example/realtime" }' },
      ),
      allowPrivateAddresses: list(checkNetwork, { example: '["10.0.0.0/8"]' }),
      onAlert: checkFunction,
      actions: record(checkActionName, checkAction(context, checkMatcher), ACTIONS),
    },
    { example: `{ receivers: ${RECEIVERS} }` },
  );
  check(value, path, faults);
};

/** One fault of the option `alerts`, without the value of a secret. */
interface AlertFault {
  readonly path: Path;
  /** Follows the path in a message. */
  readonly rest: string;
}

/** Returns the faults of the option `alerts`. Paths begin below it. */
export function findAlertFaults(value: unknown): readonly AlertFault[] {
  const faults = new Faults("alerts");
  checkAlerts(value, ["alerts"], faults);
  return faults.found.map(({ path, text }) => ({
    path: path.slice(1),
    rest: withoutEnd(hidesSecret(path) ? withoutValues(text) : text, describePath(path)),
  }));
}

/** Returns the fault without its path and its full stop. */
function withoutEnd(fault: string, path: string): string {
  return fault.slice(path.length + 1).replace(/\.$/, "");
}

/** Parts of the option whose values may be secrets. */
const SECRET: ReadonlySet<unknown> = new Set(["receivers", "actions", "heartbeat"]);

/** Returns true for the path of a fault whose text could repeat a secret. */
export function hidesSecret([option, part]: Path): boolean {
  return option === "alerts" && SECRET.has(part);
}

/** Returns true if an action needs two people, whom only `access` tells apart. */
export function needsTwoPeople(alerts: unknown): boolean {
  if (!isObject(alerts) || !isObject(alerts["actions"])) return false;
  return Object.values(alerts["actions"]).some((action) => isObject(action) && action["approvals"] === 2);
}

function checkAllReceivers(checkOne: Check): Check {
  const checkEach = record(checkReceiverName, checkOne, RECEIVERS);
  return (value, path, faults) => {
    checkEach(value, path, faults);
    if (isObject(value)) checkReceiverCount(value, path, faults);
  };
}

/** The name of a receiver is a label of metrics, and a part of a path. */
const checkReceiverName: Check = (value, path, faults) => {
  if (typeof value === "string" && /^[\w-]{1,64}$/.test(value)) return;
  faults.add(path, 'is not a name: 1 to 64 letters, digits, "-" and "_".');
};

const checkMatcher: Check = (value, path, faults) => {
  if (typeof value !== "string")
    return faults.add(path, mustBe('a matcher, e.g. "alertname=ShopErrors"', value));
  const fault = faultOfMatcher(value);
  if (fault !== undefined) faults.add(path, `${fault}.`);
};

const checkLink: Check = (value, path, faults) => {
  const url = typeof value === "string" && !/[\s"<>]/.test(value) ? URL.parse(value) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return;
  faults.add(path, 'must be an http or https URL without a password, e.g. "https://shop.example/realtime".');
};

const checkNetwork: Check = (value, path, faults) => {
  if (typeof value !== "string" || !isNetwork(value))
    faults.add(path, mustBe('an address or a network, e.g. "10.0.0.0/8"', value));
};

const checkFunction: Check = (value, path, faults) => {
  if (typeof value !== "function") faults.add(path, mustBe("a function, e.g. (change) => { … }", value));
};

function networksOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((one): one is string => typeof one === "string" && isNetwork(one))
    : [];
}
