"""The durable queue, the worker, and the rule that the same question is asked once."""
