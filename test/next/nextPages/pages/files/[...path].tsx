import { useWalk } from "../../walk";

export default function Page() {
  const { path = [] } = useWalk().query;
  return <output>{`/files/${[path].flat().join("/")}`}</output>;
}
