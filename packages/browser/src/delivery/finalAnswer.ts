/**
 * Status and content type of an answer that is the collector's, and not for a time. It is not where a page comes
 * instead (of a login, of the app), where a login is asked for (401, 407), where no collector is (404, 405), after 408
 * timeout, 425 too early, 429 too many, and where the server is at fault.
 */
export const FINAL_ANSWER = /^(2|40[039]|41|422)(?!.*html)/;
