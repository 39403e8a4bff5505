/** Returns the secret of `Authorization: Bearer …` (RFC 6750), undefined for any other value. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * Returns the write key of a request line, `/collect?key=…`. A key has only characters that URLs do not escape, so
 * nothing is decoded.
 */
export function writeKeyOf(url: string): string | undefined {
  return /[?&]key=([^&]*)/.exec(url)?.[1];
}
