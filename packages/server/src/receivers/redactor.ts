import type { SecretText } from "./secretText.ts";

/** Shorter parts of a URL, and words in lower case such as `services`, are not secret. */
const IS_SECRET = /^(?![a-z]{1,12}$).{6,}$/s;

/** Removes secrets from a text: a service may answer with the request that it got. */
export type Redact = (text: string) => string;

/** @param secrets A list that may still grow. */
export function createRedactor(secrets: readonly SecretText[]): Redact {
  return (text) => {
    const forms = new Set(secrets.flatMap((secret) => formsOf(secret.reveal())));
    // The whole before its parts.
    const longestFirst = [...forms].filter((form) => IS_SECRET.test(form)).toSorted(byLength);
    return longestFirst.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
  };
}

function byLength(a: string, b: string): number {
  return b.length - a.length;
}

/** A secret without the word before it (`Bearer …`), and the parts of one that is a URL. */
function formsOf(secret: string): string[] {
  const whole = [secret, secret.replace(/^\w+ /, "")];
  if (!URL.canParse(secret)) return whole;
  const { href, pathname, search, username, password } = new URL(secret);
  const parts = [...pathname.split("/"), ...search.slice(1).split(/[&=]/), username, password];
  return [...whole, href, pathname, search, ...parts, ...parts.map(decode)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
