"""One module an entry point of Slack: parse, acknowledge, hand over."""
