/**
 * Matches status and content type of a final response of the collector. All other responses lead to a retry: an HTML
 * page (of a login, of the app), a request for a login (401, 407), a missing collector (404, 405), 408 timeout, 425 too
 * early, 429 too many requests, and server errors.
 */
export const FINAL_ANSWER = /^(2|40[039]|41|422)(?!.*html)/;
