# The web process and the workers, from one image: not root, with a file system that can't be written.

resource "aws_cloudwatch_log_group" "bot" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_cluster" "bot" {
  name = var.name
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_security_group" "tasks" {
  name        = "${var.name}-tasks"
  description = "Tasks of backup-why"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_egress_rule" "tasks" {
  security_group_id = aws_security_group.tasks.id
  description       = "Slack, AWS and Valkey"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

locals {
  settings = merge(var.settings, {
    REDIS_URL            = "rediss://${aws_elasticache_replication_group.valkey.primary_endpoint_address}:6379/0"
    BACKUP_WHY_ROLE_NAME = var.role_name
    AWS_DEFAULT_REGION   = data.aws_region.current.name
  })
  secrets = merge(var.secrets, { REDIS_PASSWORD = var.redis_password_secret_arn })

  container = {
    image                  = var.image
    essential              = true
    user                   = "10001"
    readonlyRootFilesystem = true
    stopTimeout            = 60
    environment            = [for name, value in local.settings : { name = name, value = value }]
    secrets                = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
    linuxParameters        = { capabilities = { drop = ["ALL"] }, initProcessEnabled = true }
  }

  processes = {
    web = {
      command = ["backup-why", "serve"]
      health  = ["CMD", "python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3000/livez', timeout=3)"]
      count   = 2
      role    = null
    }
    worker = {
      command = ["backup-why", "work"]
      health  = null # it ends where it can't go on; `backup-why work --ping` tells of all workers, not of this one
      count   = var.workers
      role    = aws_iam_role.worker.arn
    }
  }
}

resource "aws_ecs_task_definition" "bot" {
  for_each = local.processes

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.key == "web" ? 256 : 512
  memory                   = each.key == "web" ? 512 : 1024
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = each.value.role
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    name         = each.key
    command      = each.value.command
    portMappings = each.key == "web" ? [{ containerPort = 3000, protocol = "tcp" }] : []
    healthCheck  = each.value.health == null ? null : { command = each.value.health, interval = 15, timeout = 10, retries = 3, startPeriod = 30 }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.bot.name
        awslogs-region        = data.aws_region.current.name
        awslogs-stream-prefix = each.key
      }
    }
  })])
}

resource "aws_ecs_service" "bot" {
  for_each = local.processes

  name                               = each.key
  cluster                            = aws_ecs_cluster.bot.id
  task_definition                    = aws_ecs_task_definition.bot[each.key].arn
  desired_count                      = each.value.count
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 100
  tags                               = var.tags

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.subnet_ids
    security_groups = [aws_security_group.tasks.id]
  }

  dynamic "load_balancer" {
    for_each = each.key == "web" && var.certificate_arn != null ? [aws_lb_target_group.web[0].arn] : []

    content {
      target_group_arn = load_balancer.value
      container_name   = "web"
      container_port   = 3000
    }
  }
}
