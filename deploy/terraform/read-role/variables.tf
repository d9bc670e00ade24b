variable "bot_role_arn" {
  description = "The ARN of the role that the bot's workers run with."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.bot_role_arn))
    error_message = "Give the ARN of a role."
  }
}

variable "organization_id" {
  description = "The organization that the bot's account is in."
  type        = string

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "Give the id of an organization, o-…"
  }
}

variable "external_id" {
  description = "What BACKUP_WHY_EXTERNAL_ID is set to; null where somebody of your own runs the bot."
  type        = string
  default     = null
}

variable "role_name" {
  description = "What BACKUP_WHY_ROLE_NAME is set to."
  type        = string
  default     = "BackupWhyReadOnly"
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
