export default async function Page({ params }) {
  const { name } = await params;
  return <output>{`/u/${decodeURIComponent(name)}`}</output>;
}
