import type { ReactNode } from "react";
import { type ClientLoaderFunctionArgs, useParams } from "react-router";

/** The part that throws, by the address: the loader or the component. */
export function clientLoader({ params }: ClientLoaderFunctionArgs): null {
  if (params["id"] === "loader") throw new RangeError("broken loader");
  if (params["id"] === "response") throw new Response("", { status: 404 });
  return null;
}

export default function Broken(): ReactNode {
  throw new RangeError(`broken ${useParams()["id"]}`);
}
