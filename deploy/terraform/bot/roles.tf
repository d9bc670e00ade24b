# Two roles: what starts the tasks may read the secrets, and what runs in them may read the accounts. The web process
# reads no AWS, and has no role.

data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = concat(values(var.secrets), [var.redis_password_secret_arn])
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_iam_role" "worker" {
  name               = "${var.name}-worker"
  description        = "What backup-why's workers run with"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
  tags               = var.tags
}

data "aws_iam_policy_document" "read_accounts" {
  statement {
    sid       = "ReadRoleOfTheOrganization"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:${data.aws_partition.current.partition}:iam::*:role/${var.role_name}"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceOrgID"
      values   = [var.organization_id]
    }
  }
}

resource "aws_iam_role_policy" "read_accounts" {
  name   = "read-accounts"
  role   = aws_iam_role.worker.id
  policy = data.aws_iam_policy_document.read_accounts.json
}

# The bot's own account is read with the worker's role itself.
resource "aws_iam_role_policy" "reads" {
  name   = "backup-why-reads"
  role   = aws_iam_role.worker.id
  policy = file("${path.module}/policy.json")
}
