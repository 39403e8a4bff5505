import type { NextApiHandler } from "next";
import { getCollector } from "../../../collector";

/** The same as `/api/rum`, after Next.js has read and parsed the body. */
const handler: NextApiHandler = async (request, response) => {
  (await getCollector()).nodeListener(undefined, { basePath: "/api/parsed" })(request, response);
};

export default handler;

export const config = { api: { externalResolver: true } };
