"""The Model Context Protocol server: what assistants and agents ask, answered from the same diagnoses as people get."""
