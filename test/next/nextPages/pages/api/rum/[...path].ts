import type { NextApiHandler } from "next";
import { getCollector } from "../../../collector";

const getListener = async () => (await getCollector()).nodeListener(undefined, { basePath: "/api/rum" });
let listener: ReturnType<typeof getListener> | undefined;

/** The collector's routes below `/api/rum`, as an API route of the Pages Router. */
const handler: NextApiHandler = async (request, response) => {
  const answer = await (listener ??= getListener());
  answer(request, response);
};

export default handler;

/** The collector reads the body itself, and answers after this function has returned. */
export const config = { api: { bodyParser: false, externalResolver: true } };
