/** Words that precede a secret: in headers, in JSON, in forms. */
const KEYWORDS =
  "authorization|bearer|basic|token|api[_-]?key|apikey|secret|passwd|password|pwd|pin|otp|cvv|cvc|iban|ssn|session[_-]?id|sid|jwt|csrf|cookie";

/**
 * A keyword, separators, and a value up to the next break. Each part is greedy and bounded, so there is only one way to
 * match. The value of a header begins with its scheme: `Authorization: Bearer …`.
 */
const KEYED = new RegExp(
  `(${KEYWORDS})(["']?\\s{0,2}[:=]\\s{0,2}["']?(?:bearer |basic )?)([^\\s"'&;,<>]+)`,
  "gi",
);

/** The schemes of RFC 7617 and RFC 6750 without a keyword before them. */
const SCHEME = /(?<![A-Za-z])(bearer|basic) ([\w.~+/=-]{6,})/gi;

/** Replaces values after words like `password` by `[secret]`. */
export function withoutKeyedSecrets(text: string): string {
  return text.replace(KEYED, "$1$2[secret]").replace(SCHEME, "$1 [secret]");
}

/** Characters of tokens: hexadecimal, base64 and base64url, and the dots of a JWT. */
const RUN = /[\w+/=.~-]+/g;

/** Minimum units of a segment that may be a key: 128 bits take 22 in base64url and 32 in hexadecimal. */
const MIXED_UNITS = 22;
const HEX_UNITS = 32;

/** Minimum units of a key with a known prefix. */
const PREFIXED_UNITS = 12;

/** Prefixes of keys by issuer: JWT and JSON in base64, Stripe, GitHub, GitLab, AWS, Google, Slack, npm. */
const PREFIX =
  /^(?:eyJ|[sprw]k_(?:live|test)_|whsec_|gh[pousr]_|github_pat_|glpat-|AKIA|ASIA|AIza|xox[abposr]-|npm_|SG\.)/;

/** A segment with this many changes between letter and digit is not a word: `iPhone15ProMax2` has three. */
const CHANGES = 4;

/** Replaces tokens by `[token]`: JWT, API keys, long runs of hexadecimal or base64, UUIDs. */
export function withoutTokens(text: string): string {
  return text.replace(RUN, (run) => {
    if (run.length < PREFIXED_UNITS) return run;
    // Base64 with the standard alphabet has slashes like a path, but a path has neither plus signs nor padding.
    if (run.length >= MIXED_UNITS && /[+=]/.test(run) && isMixed(run)) return "[token]";
    return run.split("/").map(scrubSegment).join("/");
  });
}

function scrubSegment(segment: string): string {
  if (segment.length < PREFIXED_UNITS) return segment;
  if (PREFIX.test(segment)) return "[token]";
  return segment
    .split(".")
    .map((part) => (isToken(part) ? "[token]" : part))
    .join(".");
}

function isToken(part: string): boolean {
  const hyphen = part.lastIndexOf("-");
  // A bundler appends a hash to a file's name. The name itself is not a secret.
  if (hyphen > 2 && !/\d/.test(part.slice(0, hyphen))) return isToken(part.slice(hyphen + 1));
  if (part.length < MIXED_UNITS) return false;
  if (part.length >= HEX_UNITS && /^[\dA-Fa-f]+$/.test(part)) return true;
  return isMixed(part);
}

function isMixed(run: string): boolean {
  let changes = 0;
  for (let index = 1; index < run.length && changes < CHANGES; index += 1) {
    const before = classOf(run.charCodeAt(index - 1));
    const here = classOf(run.charCodeAt(index));
    if (before !== here && before !== 0 && here !== 0) changes += 1;
  }
  return changes >= CHANGES;
}

/** 1 for a digit, 2 for a letter, 0 for anything else. */
function classOf(code: number): 0 | 1 | 2 {
  if (code >= 48 && code <= 57) return 1;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? 2 : 0;
}

/** Digits of a card number (ISO/IEC 7812). */
const SHORTEST = 13;
const LONGEST = 19;

/** Digits with at most two spaces, hyphens, dots or underscores between them, as people type numbers. */
const DIGITS = /\d(?:[ \u00A0._-]{0,2}\d)*/g;

/**
 * Replaces card numbers by `[card]`: runs of digits in which 13 to 19 consecutive digits have a valid check digit. One
 * number in ten has one by chance, so other long numbers may be replaced as well.
 */
export function withoutCardNumbers(text: string): string {
  return text.replace(DIGITS, (run) => (run.length >= SHORTEST && holdsCard(run) ? "[card]" : run));
}

function holdsCard(run: string): boolean {
  const digits = Array.from(run.replace(/\D/g, ""), Number);
  for (let end = SHORTEST; end <= digits.length; end += 1) if (endsCard(digits, end)) return true;
  return false;
}

/** True if the checksum of the 13 to 19 digits before `end` is divisible by ten (ISO/IEC 7812-1, annex B). */
function endsCard(digits: readonly number[], end: number): boolean {
  let sum = 0;
  for (let length = 1; length <= LONGEST && length <= end; length += 1) {
    const digit = digits[end - length]!;
    const doubled = digit * 2;
    sum += length % 2 === 1 ? digit : doubled > 9 ? doubled - 9 : doubled;
    if (length >= SHORTEST && sum % 10 === 0) return true;
  }
  return false;
}
