import type { AttributeValue } from "@rumkit/protocol";
import { withoutEmails, withoutIps, withoutUrlParts } from "./addresses.ts";
import { withoutCardNumbers, withoutKeyedSecrets, withoutTokens } from "./secrets.ts";

export interface ScrubOptions {
  /**
   * Further personal data in your texts: each match becomes `[scrubbed]`. The patterns run on text from pages, so they
   * must not backtrack. Default none.
   */
  readonly patterns?: readonly RegExp[];
  /**
   * Further keys of attributes whose values become `[scrubbed]`. Keys that name a secret are included. Default none.
   */
  readonly keys?: readonly string[];
}

/** Removes personal data and secrets from texts. */
export interface Scrubber {
  text(text: string): string;
  /** Scrubs the values and the keys of attributes. */
  details<T extends AttributeValue>(details: Readonly<Record<string, T>>): Record<string, T | string>;
}

/**
 * Creates the scrubber for everything that people can read: the log, the live tail, the error groups.
 *
 * It removes queries and hashes of URLs, e-mail and IP addresses, tokens, keys and card numbers, in time proportional
 * to the text. It matches patterns, not meaning: a person's name or street that is typed into a message stays.
 */
export function createScrubber({ patterns = [], keys = [] }: ScrubOptions = {}): Scrubber {
  const own = patterns.map((pattern) => new RegExp(pattern.source, withGlobal(pattern.flags)));
  const secretKeys = new Set([...SECRET_KEYS, ...keys.map(plainKey)]);

  const text = (from: string): string => {
    const known = isSuspicious(from) ? scrub(from) : from;
    return own.reduce((result, pattern) => result.replace(pattern, "[scrubbed]"), known);
  };
  return {
    text,
    details: (details) =>
      Object.fromEntries(
        Object.entries(details).map(([key, value]) => {
          if (secretKeys.has(plainKey(key))) return [text(key), "[scrubbed]"];
          return [text(key), typeof value === "string" ? text(value) : scrubNumber(value)];
        }),
      ),
  };

  /** Scrubs a number, because a card number may be sent as one. */
  function scrubNumber<T extends AttributeValue>(value: T): T | string {
    if (typeof value !== "number" || Math.abs(value) < SHORT_CARD) return value;
    const shown = text(String(value));
    return shown === String(value) ? value : shown;
  }
}

/** The smallest number of 13 digits that does not begin with 0. */
const SHORT_CARD = 1e12;

/** Keys that name a secret or personal data, in lower case without hyphens. */
const SECRET_KEYS: readonly string[] = [
  "password",
  "passwd",
  "pwd",
  "secret",
  "clientsecret",
  "token",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "apikey",
  "authorization",
  "cookie",
  "email",
  "mail",
  "phone",
  "iban",
  "ssn",
  "card",
  "cardnumber",
  "cvc",
  "cvv",
  "ip",
];

function plainKey(key: string): string {
  return key.replace(/[_\-\s]/g, "").toLowerCase();
}

function withGlobal(flags: string): string {
  return flags.includes("g") ? flags : `${flags}g`;
}

/** The order matters: queries are removed before the text after them is searched, and marks contain nothing to find. */
function scrub(text: string): string {
  const withoutWords = withoutKeyedSecrets(withoutUrlParts(text));
  return withoutIps(withoutCardNumbers(withoutTokens(withoutEmails(withoutWords))));
}

/** Minimum digits of a text with a personal number, and minimum units of a key. */
const DIGITS = 4;
const RUN = 12;

/** False for a text that cannot contain anything to remove, which is true of most names and words. */
function isSuspicious(text: string): boolean {
  let digits = 0;
  let run = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) digits += 1;
    if (SIGNS.has(code) || digits >= DIGITS) return true;
    run = code > 32 ? run + 1 : 0;
    if (run >= RUN) return true;
  }
  return text.length > 6 && /earer|asic /i.test(text);
}

/** `#`, `%`, `:`, `=`, `?`, `@`: every query, address or keyed secret contains one. */
const SIGNS: ReadonlySet<number> = new Set([35, 37, 58, 61, 63, 64]);
