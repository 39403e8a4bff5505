import { useRouter } from "next/router";

export default function Page() {
  return <output>{["/users", useRouter().query.id].join("/")}</output>;
}
