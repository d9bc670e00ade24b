"""What is known of AWS Backup's denials, as data, and the small code that loads and searches it."""
