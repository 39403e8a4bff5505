/** Digits of a card number (ISO/IEC 7812). */
const SHORTEST = 13;
const LONGEST = 19;

/** Digits with at most two spaces, hyphens, dots or underscores between them, as people type numbers. */
const DIGITS = /\d(?:[ \u00A0._-]{0,2}\d)*/g;

/**
 * Replaces card numbers by `[card]`: digits of which 13 to 19 in a row have a valid check digit. One number in ten has
 * one by chance, so a long number that is not a card number may be replaced as well.
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
