export default function Page() {
  return <output>/</output>;
}
