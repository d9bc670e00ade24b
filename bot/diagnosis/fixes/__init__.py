"""Fixes of causes: planned by a module for each service, applied to the facts, verified by examining the result."""
