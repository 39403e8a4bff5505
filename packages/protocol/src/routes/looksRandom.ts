/**
 * The letters that follow each letter in words: often (in over 2 % of cases), and now and then (over 0.4 %). Counted in
 * 275,000 English words (`an-array-of-english-words`) and the names of 110,000 npm packages.
 */
const FOLLOWERS: Readonly<Record<string, readonly [often: string, rarely: string]>> = {
  a: ["bcdgilmnprstu", "efkvwxyz"],
  b: ["aeiloprsu", "bcdjmnty"],
  c: ["aehiklorstu", "cpy"],
  d: ["adeiklorsu", "bcfghmnptxy"],
  e: ["acdlmnprstx", "befgioquvwy"],
  f: ["aefilorstuy", "cmn"],
  g: ["aeghilnorsu", "cmtxy"],
  h: ["aeiortuy", "bcdlmnqs"],
  i: ["acdefglmnoprstvz", "bkx"],
  j: ["aeimoqsu", "pvw"],
  k: ["adeilnosuy", "bcfghjmprtw"],
  l: ["adeilostuy", "bcfkmpv"],
  m: ["abeilmopsu", "cdny"],
  n: ["acdefgiostu", "bklnpvy"],
  o: ["acdglmnoprstuw", "befijkvx"],
  p: ["aehiloprstu", "bcdmy"],
  q: ["lru", "aeipstw"],
  r: ["acdeikmorstuy", "bfglnpvw"],
  s: ["acdehilmopstu", "bfknqvwy"],
  t: ["acehiorstuy", "fjlmpw"],
  u: ["abcdegilmnprstx", "f"],
  v: ["aeiosu", "cgmt"],
  w: ["aehinors", "bcdklpt"],
  x: ["aceimopty", "bdfghjlrsu"],
  y: ["abcdefilmnoprst", "gjkuvwz"],
  z: ["aeilouyz", "chkms"],
};

/**
 * Evidence that a text was drawn at random: logarithms of odds, four units each, fitted to such ids against words,
 * slugs, file names and identifiers. `test/pathIds.test.ts` measures how well it separates them.
 */
const WEIGHTS = {
  /** The starting value of every text: most texts are not ids, so an id needs this much evidence. */
  start: -21,
  letterToDigit: 11,
  digitToLetter: 10,
  digitToDigit: 1,
  lowerToUpper: 12,
  /** `XMLHttp`: the end of an acronym. */
  acronymEnd: 20,
  usualLetters: -2,
  unusualLetters: 5,
  oddLetters: 9,
  /** For a character next to `-`, `_`, `.` and the like, which usually separate words. */
  separator: -5,
  /** A single letter between other characters. */
  singleLetter: 11,
  character: -1,
} as const;

/** Maximum characters that are examined: they suffice to recognize an id, and a path may be long. */
const MAX_LOOKED_AT = 64;

/**
 * True for a text that looks drawn at random, as ids do: a nanoid, a ULID, an id of YouTube. The evidence: changes
 * between letters, digits and cases, and pairs of letters that are rare in words.
 */
export function looksRandom(text: string): boolean {
  const length = Math.min(text.length, MAX_LOOKED_AT);
  let evidence = WEIGHTS.start;
  for (let index = 0; index < length; index += 1) {
    evidence += WEIGHTS.character + weigh(text[index - 1] ?? "", text[index]!, text[index + 1] ?? "");
    if (/[A-Z]{2}[a-z]/.test(text.slice(index, index + 3))) evidence += WEIGHTS.acronymEnd;
  }
  return evidence > 0;
}

/** Returns the evidence of two adjacent characters. */
function weigh(before: string, character: string, next: string): number {
  const single = isLetter(character) && !isWord(before) && !isWord(next) ? WEIGHTS.singleLetter : 0;
  if (next === "") return single;
  if (!isWord(character) || !isWord(next)) return single + WEIGHTS.separator;
  if (isLetter(character)) return isLetter(next) ? weighLetters(character, next) : WEIGHTS.letterToDigit;
  return isLetter(next) ? WEIGHTS.digitToLetter : WEIGHTS.digitToDigit;
}

function weighLetters(character: string, next: string): number {
  if (/[a-z]/.test(character) && /[A-Z]/.test(next)) return WEIGHTS.lowerToUpper;
  const [often, rarely] = FOLLOWERS[character.toLowerCase()]!;
  const follower = next.toLowerCase();
  if (often.includes(follower)) return WEIGHTS.usualLetters;
  return rarely.includes(follower) ? WEIGHTS.unusualLetters : WEIGHTS.oddLetters;
}

function isLetter(character: string): boolean {
  return /[a-z]/i.test(character);
}

function isWord(character: string): boolean {
  return /[a-z\d]/i.test(character);
}
