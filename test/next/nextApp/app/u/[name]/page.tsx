export default async function Page({ params }: { params: Promise<{ name: string }> }) {
  const { name } = await params;
  return <output>{`/u/${decodeURIComponent(name)}`}</output>;
}
