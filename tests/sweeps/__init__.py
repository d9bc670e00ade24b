"""Sweeps: one test over hundreds of inputs.

They add no line and no branch to what the tests of one thing in `tests/iam` and `tests/diagnosis` run, so they are run
without coverage. By default they run a sample of their inputs, always the same; with SWEEP=all in the environment
(`make sweeps`) they run all. `sampling` says how a sample is taken.
"""
