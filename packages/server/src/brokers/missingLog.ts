import { BrokerError } from "./broker.ts";

/** Apps that an error names. */
const MOST_NAMED = 20;

/**
 * Returns the error of a log that does not have the app and must not be changed. `texts` are the names of streams, keys or
 * topics; the first group of `pattern` is an app.
 */
export function missingLog(app: string, texts: Iterable<string>, pattern: RegExp): BrokerError {
  const apps = new Set([...texts].flatMap((text) => pattern.exec(text)?.[1] ?? []));
  const named = [...apps].toSorted().slice(0, MOST_NAMED);
  const more = apps.size > named.length ? ` and ${apps.size - named.length} more` : "";
  const known =
    apps.size === 0
      ? "It has none: the first edge or aggregator creates it"
      : `It has ${named.join(", ")}${more}`;
  return new BrokerError("refused", `[rumkit] The log does not have the app ${app}. ${known}.`);
}
