import { useWalk } from "../../walk";

export default function Page() {
  return <output>{`/users/${String(useWalk().query.id)}`}</output>;
}
