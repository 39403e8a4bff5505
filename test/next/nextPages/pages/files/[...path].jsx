import { useRouter } from "next/router";

export default function Page() {
  return <output>{`/files/${useRouter().query.path?.join("/")}`}</output>;
}
