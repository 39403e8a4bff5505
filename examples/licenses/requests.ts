import { type Client, clients } from "./catalog.ts";

/** A request to borrow whose fields have the right shape. Whether the tool exists is not decided yet. */
export interface BorrowRequest {
  readonly tool: string;
  readonly user: string;
  readonly client: Client;
}

const MAX_USER_LENGTH = 64;

/** Reads the body of `POST /licenses/borrow`. Returns a sentence about what is wrong with it otherwise. */
export function readBorrowRequest(body: unknown): BorrowRequest | string {
  const { tool, user, client = "script" } = fieldsOf(body);
  if (typeof tool !== "string" || tool === "") return 'tool must be the name of a tool, such as "compiler".';
  if (!isUser(user))
    return `user must be a name of 1 to ${MAX_USER_LENGTH} characters, without control characters.`;
  const known = clients.find((name) => name === client);
  return known ? { tool, user, client: known } : `client must be one of ${clients.join(", ")}.`;
}

/** Reads the body of `POST /licenses/return`: the id of the borrow, or a sentence. */
export function readReturnRequest(body: unknown): { readonly id: string } | string {
  const { id } = fieldsOf(body);
  return typeof id === "string" && /^[0-9a-f-]{36}$/.test(id)
    ? { id }
    : "id must be the id that POST /licenses/borrow answered.";
}

function isUser(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= MAX_USER_LENGTH &&
    // Control, format and private characters, and lone surrogates.
    !/\p{C}/u.test(value)
  );
}

/** The fields of a JSON object; none of any other value. */
function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
