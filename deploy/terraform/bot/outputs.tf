output "worker_role_arn" {
  description = "What the module read-role and read-role.yaml take as the bot's role."
  value       = aws_iam_role.worker.arn
}

output "address" {
  description = "Where Slack's requests go, for a DNS record; null with Socket Mode."
  value       = one(aws_lb.web[*].dns_name)
}
