"""The layers in which a deny can stand: one module a layer, each from what is known to checks and causes."""
