"""One diagnosis, drawn as Block Kit or as terminal text."""
