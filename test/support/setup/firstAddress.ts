/** Files of one process share a document's address. Each begins at the root, wherever the one before it has gone. */
history.replaceState(null, "", "/");
