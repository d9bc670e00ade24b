"""Changes of AWS's configuration, one class for each kind: how it is applied, written and bounded.

A kind that is new is one class in the module of its service; the fix that makes it builds one. Nothing else lists it.
"""
