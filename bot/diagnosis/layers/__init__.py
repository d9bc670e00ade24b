"""The layers in which a deny can be: one module for each, from an evaluated job to checks and causes."""
