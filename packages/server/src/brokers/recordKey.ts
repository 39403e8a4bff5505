import { BrokerError } from "./broker.ts";

const KEY = /^[\w.-]{1,200}$/;

/** Throws a `BrokerError` for a text that cannot be the key of a record. */
export function checkRecordKey(key: string): void {
  if (!KEY.test(key))
    throw new BrokerError("refused", `[rumkit] ${JSON.stringify(key)} cannot be the key of a record.`);
}
