# The role with which backup-why reads an account: nothing in it writes. Use this module once for every account, the
# management account among them.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "BackupWhy"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.bot_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organization_id]
    }

    dynamic "condition" {
      for_each = var.external_id == null ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "read" {
  name                 = var.role_name
  description          = "Read by backup-why, which shows why AWS Backup jobs were denied"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  tags                 = var.tags
}

# What `backup-why permissions --policy` prints.
resource "aws_iam_role_policy" "reads" {
  name   = "backup-why-reads"
  role   = aws_iam_role.read.id
  policy = file("${path.module}/policy.json")
}
