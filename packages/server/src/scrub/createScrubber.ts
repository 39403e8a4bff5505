import type { AttributeValue } from "@rumkit/protocol";
import { withoutEmails, withoutIps } from "./addresses.ts";
import { withoutCardNumbers } from "./cardNumbers.ts";
import { withoutKeyedSecrets, withoutTokens } from "./secrets.ts";
import { withoutUrlParts } from "./urlParts.ts";

export interface ScrubOptions {
  /**
   * What else is personal in your texts: each match becomes `[scrubbed]`. They run on text from pages, so no
   * pattern of yours may go back and forth over it. Default none.
   */
  readonly patterns?: readonly RegExp[];
  /** Keys of attributes whose values become `[scrubbed]`, besides those that name a secret. Default none. */
  readonly keys?: readonly string[];
}

/** Takes out of texts what tells who somebody is or what opens a door. */
export interface Scrubber {
  text(text: string): string;
  /** Attributes, keys and all. */
  details<T extends AttributeValue>(details: Readonly<Record<string, T>>): Record<string, T | string>;
}

/**
 * Creates the scrubber of all that leaves the collector for eyes: the log, the live tail, the error groups.
 *
 * Queries and hashes of addresses, e-mail and IP addresses, tokens, keys and card numbers go. It takes time in
 * proportion to the text. It knows forms, not meanings: a name or a street that is typed into a message stays.
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

  /** A number is as good a card number as a text is. */
  function scrubNumber<T extends AttributeValue>(value: T): T | string {
    if (typeof value !== "number" || Math.abs(value) < SHORT_CARD) return value;
    const shown = text(String(value));
    return shown === String(value) ? value : shown;
  }
}

/** The smallest number of 13 digits that does not begin with 0. */
const SHORT_CARD = 1e12;

/** Keys by which an app names a secret or a person, in small letters without hyphens. */
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

/** The order matters: a query ends before what is behind it is looked at, and marks hold nothing to find. */
function scrub(text: string): string {
  const withoutWords = withoutKeyedSecrets(withoutUrlParts(text));
  return withoutIps(withoutCardNumbers(withoutTokens(withoutEmails(withoutWords))));
}

/** Digits from which a text may hold a number of somebody, and units of a run that may be a key. */
const DIGITS = 4;
const RUN = 12;

/** Whether there is anything to look for: of most texts, names and words, there is not. */
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

/** `#`, `%`, `:`, `=`, `?`, `@`: no query, address or keyed secret is without one. */
const SIGNS: ReadonlySet<number> = new Set([35, 37, 58, 61, 63, 64]);
