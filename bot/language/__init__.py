"""The optional language model, off by default: it chooses among what is listed and rephrases what was found.

It writes no verdict, policy, fix or id. What it answers is checked against what it was given: a choice that is not
listed and a text that says something else are dropped, and all goes on as without it (docs/language-model.md).
"""
