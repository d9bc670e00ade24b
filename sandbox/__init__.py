"""What stands in for the world: AWS from an estate file, Slack on a local page, Redis, and the incidents."""
