/** Turns a text into the value of an open label. */
export interface LabelRule {
  /** Maximum UTF-16 code units; cut between characters, never within one. Default 128. */
  readonly maxLength?: number;
  /** True if values that differ only in case are the same. Default false. */
  readonly lowerCase?: boolean;
}

/** Longer than any sensible name: a longer value is a text, not a name. */
export const MAX_LABEL_LENGTH = 128;

/**
 * Characters that a dashboard, a terminal or a log would interpret or hide instead of showing: control characters,
 * line breaks, lone surrogates, and the characters that Unicode defines as invisible, such as bidi controls and
 * zero-width characters.
 */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Applies a rule to a text: the result is bounded, and every character is visible. Never throws. */
export function toLabelValue(text: string, rule: LabelRule = {}): string {
  const { maxLength = MAX_LABEL_LENGTH, lowerCase = false } = rule;
  // Cut before and after: the text may have any length, and lower case may be longer.
  const kept = cut(text, maxLength);
  const folded = lowerCase ? cut(kept.toLowerCase(), maxLength) : kept;
  return folded.replaceAll(UNSHOWABLE, "\u{FFFD}");
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const isWithinPair = isHigh(text.charCodeAt(length - 1)) && isLow(text.charCodeAt(length));
  return text.slice(0, isWithinPair ? length - 1 : length);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
