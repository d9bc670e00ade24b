"""backup-why: tells an on-call engineer why an AWS Backup job was denied."""

__version__ = "0.1.0"
