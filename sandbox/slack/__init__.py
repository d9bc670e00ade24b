"""A page that stands in for Slack on this machine, driving the real app with signed requests."""
