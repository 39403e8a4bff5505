/** Writes an answer to the console if it refuses something. Only a collector in development says why. For `onAnswer`. */
export async function warnOfRejections(response: Response): Promise<void> {
  const answer = await response.text().catch(String);
  // oxlint-disable-next-line no-console -- The app asks for it.
  if (/"rejected"|"error"/.test(answer)) console.warn("[rumkit] Refused:", answer);
}
