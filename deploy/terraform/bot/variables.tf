variable "name" {
  description = "The prefix of all names."
  type        = string
  default     = "backup-why"
}

variable "image" {
  description = "The image, by its digest: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/backup-why@sha256:…"
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in two zones or more, with a way out to Slack and AWS."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Give subnets in two zones or more."
  }
}

variable "organization_id" {
  description = "The organization whose accounts are read."
  type        = string
}

variable "role_name" {
  description = "The role that is assumed in every account (module read-role)."
  type        = string
  default     = "BackupWhyReadOnly"
}

variable "secrets" {
  description = "ARNs of Secrets Manager secrets by setting: SLACK_BOT_TOKEN, SLACK_APP_TOKEN or SLACK_SIGNING_SECRET, and BACKUP_WHY_EXTERNAL_ID if there is one."
  type        = map(string)

  validation {
    condition     = contains(keys(var.secrets), "SLACK_BOT_TOKEN")
    error_message = "SLACK_BOT_TOKEN is needed."
  }
}

variable "redis_password_secret_arn" {
  description = "The ARN of the Secrets Manager secret with the password for Valkey, of 16 to 128 characters."
  type        = string
}

variable "settings" {
  description = "Other settings by name, such as BACKUP_WHY_REGIONS; none of them a secret."
  type        = map(string)
  default     = {}
}

variable "workers" {
  description = "How many workers run; each diagnoses up to 20 questions at a time."
  type        = number
  default     = 2
}

variable "architecture" {
  description = "That of the image: X86_64 or ARM64."
  type        = string
  default     = "X86_64"
}

variable "certificate_arn" {
  description = "An ACM certificate, where Slack's requests come over HTTP; null for Socket Mode, which needs no load balancer."
  type        = string
  default     = null
}

variable "public_subnet_ids" {
  description = "Where the load balancer stands; needed with certificate_arn."
  type        = list(string)
  default     = []
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "kms_key_arn" {
  description = "A customer managed key for Valkey, its snapshots and the logs; null for AWS's own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
