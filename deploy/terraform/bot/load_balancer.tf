# For Slack's requests over HTTP. With Socket Mode, where certificate_arn is null, none of this is made.

locals {
  http = var.certificate_arn == null ? 0 : 1
}

resource "aws_security_group" "load_balancer" {
  count = local.http

  name        = "${var.name}-load-balancer"
  description = "Load balancer of backup-why"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  count = local.http

  security_group_id = aws_security_group.load_balancer[0].id
  description       = "Slack, whose requests are signed"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "web" {
  count = local.http

  security_group_id            = aws_security_group.load_balancer[0].id
  referenced_security_group_id = aws_security_group.tasks.id
  description                  = "The web process"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  count = local.http

  security_group_id            = aws_security_group.tasks.id
  referenced_security_group_id = aws_security_group.load_balancer[0].id
  description                  = "The load balancer"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_lb" "web" {
  count = local.http

  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.load_balancer[0].id]
  drop_invalid_header_fields = true
  tags                       = var.tags
}

resource "aws_lb_target_group" "web" {
  count = local.http

  name        = var.name
  vpc_id      = var.vpc_id
  port        = 3000
  protocol    = "HTTP"
  target_type = "ip"
  tags        = var.tags

  # /livez, and not /healthz: a process without workers accepts questions and says so.
  health_check {
    path     = "/livez"
    interval = 10
  }
}

resource "aws_lb_listener" "https" {
  count = local.http

  load_balancer_arn = aws_lb.web[0].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  tags              = var.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web[0].arn
  }
}
