"""Measurements that can be repeated: each module prints its table when it is run."""
