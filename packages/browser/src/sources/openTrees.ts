/** Returns the node and the open shadow trees in it, at every depth. */
export const openTrees = (node: ParentNode & Node): (ParentNode & Node)[] => [
  node,
  ...[node as Element, ...node.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? openTrees(shadowRoot) : [],
  ),
];
