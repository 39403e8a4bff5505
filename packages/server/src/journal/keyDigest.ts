import { hash } from "node:crypto";

/** 32-bit words of a key as it is remembered: 128 bits of the key, 53 of what its content is told by. */
export const KEY_WORDS = 6;

const HEX_ID = 32;
/** What a character code below 256 is as a digit; 16 where it is none, or a capital one. */
const HEX_DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code));
  return digit < 0 ? 16 : digit;
});
/** 21 bits: with the 32 of the word before they are an integer that a double holds exactly. */
const HIGH_MASK = 0x1f_ff_ff;

/**
 * Writes a key and its fingerprint as `KEY_WORDS` words. A batch id (32 hexadecimal digits) is its own 128 bits;
 * whatever else is a key is hashed. Without a fingerprint those words are 0.
 */
export function writeKey(words: Uint32Array, at: number, key: string, fingerprint: string | undefined): void {
  if (key.length !== HEX_ID || !writeHex(words, at, key, 4) || isZero(words, at)) {
    writeHash(words, at, `key:${key}`, 4);
  }
  if (fingerprint === undefined) words.fill(0, at + 4, at + KEY_WORDS);
  else if (fingerprint.length < 16 || !writeHex(words, at + 4, fingerprint, 2))
    writeHash(words, at + 4, fingerprint, 2);
  words[at + 5] = words[at + 5]! & HIGH_MASK;
}

/** No key is all zeros: that is an empty place of a `KeyTable`. */
function isZero(words: Uint32Array, at: number): boolean {
  return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0;
}

function writeHash(words: Uint32Array, at: number, text: string, count: number): void {
  const digest = hash("sha256", text, "buffer");
  for (let word = 0; word < count; word += 1) words[at + word] = digest.readUInt32LE(word * 4);
}

/** Eight digits to the word. False where a character is no lower-case hexadecimal digit. */
function writeHex(words: Uint32Array, at: number, text: string, count: number): boolean {
  for (let word = 0; word < count; word += 1) {
    let bits = 0;
    let seen = 0;
    for (let place = word * 8; place < word * 8 + 8; place += 1) {
      const digit = HEX_DIGITS[text.charCodeAt(place) & 0xff]!;
      seen |= digit | (text.charCodeAt(place) >>> 8);
      bits = (bits << 4) | digit;
    }
    if (seen > 15) return false;
    words[at + word] = bits;
  }
  return true;
}
