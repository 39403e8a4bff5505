import { hash } from "node:crypto";

/** 32-bit words of a remembered key: 128 bits of the key, and 53 bits of the fingerprint of its content. */
export const KEY_WORDS = 6;

const HEX_ID = 32;
/** The value of a character code below 256 as a lower-case hexadecimal digit; 16 if it is not one. */
const HEX_DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code));
  return digit < 0 ? 16 : digit;
});
/** 21 bits. With the 32 bits of the previous word, they form an integer that a double holds exactly. */
const HIGH_MASK = 0x1f_ff_ff;

/**
 * Writes a key and its fingerprint as `KEY_WORDS` words. A batch id (32 hexadecimal digits) is used as its 128 bits;
 * any other key is hashed. Without a fingerprint, its words are 0.
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

/** True for a key of zeros, which means an empty place in a `KeyTable`. */
function isZero(words: Uint32Array, at: number): boolean {
  return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0;
}

function writeHash(words: Uint32Array, at: number, text: string, count: number): void {
  const digest = hash("sha256", text, "buffer");
  for (let word = 0; word < count; word += 1) words[at + word] = digest.readUInt32LE(word * 4);
}

/** Writes eight digits per word. Returns false if a character is not a lower-case hexadecimal digit. */
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
