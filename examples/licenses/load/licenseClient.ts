import type { ToolName } from "../tools.ts";
import type { Ledger } from "./ledger.ts";

/** Sends a request: `fetch` with the address of the server in front of the path, or an app's `request`. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** A license that this client holds. */
export interface Held {
  readonly id: string;
  readonly tool: ToolName;
  readonly user: string;
}

/** Borrows and returns, and writes down what the server answered. */
export interface LicenseClient {
  /** Undefined if it is refused. Rejects if the server cannot be reached, or answers 5xx. */
  readonly borrow: (tool: ToolName, user: string) => Promise<Held | undefined>;
  readonly giveBack: (held: Held) => Promise<void>;
}

export function createLicenseClient(ask: Ask, ledger: Ledger): LicenseClient {
  const post = async (path: string, body: object): Promise<{ status: number; answer: Answer }> => {
    const response = await ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Answer;
    if (response.status >= 500) throw new Error(`${path} answered ${response.status}.`);
    return { status: response.status, answer };
  };

  return {
    borrow: async (tool, user) => {
      const { status, answer } = await post("/licenses/borrow", { tool, user });
      ledger.add("attempts", tool);
      if (status !== 200) {
        ledger.add(`refused: ${answer.reason}`, tool);
        return undefined;
      }
      ledger.add("borrowed", tool);
      if (answer.isOverage) ledger.add("overage", tool);
      ledger.add("cost in cents", tool, answer.overagePrice);
      return { id: answer.id, tool, user };
    },
    giveBack: async ({ id, tool }) => {
      const { status } = await post("/licenses/return", { id });
      if (status === 200) ledger.add("returned", tool);
    },
  };
}

/** The fields of all answers; those of the other outcome are missing. */
interface Answer {
  readonly id: string;
  readonly isOverage: boolean;
  readonly overagePrice: number;
  readonly reason: string;
}
