export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <output>{`/users/${id}`}</output>;
}
