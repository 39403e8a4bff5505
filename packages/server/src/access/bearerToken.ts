/** Returns the secret of `Authorization: Bearer …` (RFC 6750), undefined for any other value. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
}
