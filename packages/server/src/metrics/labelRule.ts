/** How a text becomes the value of a label whose values are no closed set. */
export interface LabelRule {
  /** UTF-16 code units at most; cut between characters, never within one. Default 128. */
  readonly maxLength?: number;
  /** Values that differ in case only are one. Default false. */
  readonly lowerCase?: boolean;
}

/** Longer than any name that a person gives; a page that sends more has put a text where a name belongs. */
export const MAX_LABEL_LENGTH = 128;

/**
 * What a dashboard, a terminal or a log would obey or hide instead of showing it: control characters and line
 * breaks, lone surrogates, and what Unicode says has no look of its own: bidi controls, zero-width characters.
 */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** The text as the rule has it: bounded, and every character one that can be seen. Never throws. */
export function toLabelValue(text: string, rule: LabelRule = {}): string {
  const { maxLength = MAX_LABEL_LENGTH, lowerCase = false } = rule;
  // Lower case may be longer, and is only made of what stays: a text may have any length.
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
