"""The state machine from a job id to a proven answer."""
