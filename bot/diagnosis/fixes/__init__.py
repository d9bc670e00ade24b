"""Fixes of causes: planned by one module a room of AWS, applied to the facts, and verified by examining the result."""
