"""What differs between AWS services in how requests are authorized, as data. Actions are in lower case."""

RCP_SERVICES = frozenset(
    [
        "aoss",
        "appconfig",
        "appstream",
        "autoscaling",
        "autoscaling-plans",
        "budgets",
        "clouddirectory",
        "cloudfront",
        "cloudsearch",
        "cloudtrail-data",
        "codeartifact",
        "codebuild",
        "codecommit",
        "codepipeline",
        "cognito-identity",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "compute-optimizer",
        "cost-optimization-hub",
        "dax",
        "dsql",
        "dynamodb",
        "ecr",
        "ecr-public",
        "events",
        "firehose",
        "fis",
        "fms",
        "gamelift",
        "health",
        "inspector-scan",
        "kendra",
        "kinesisvideo",
        "kms",
        "logs",
        "memorydb",
        "networkmonitor",
        "notifications",
        "opensearch",
        "pca-connector-ad",
        "personalize",
        "polly",
        "pricing",
        "resource-groups",
        "rolesanywhere",
        "s3",
        "secretsmanager",
        "servicediscovery",
        "signin",
        "sqs",
        "sts",
        "support",
        "swf",
        "textract",
        "timestream-influxdb",
        "transcribe",
        "transfer",
        "translate",
        "wafv2",
        "workspaces",
        "xray",
    ]
)
"""The prefixes of the services whose resources RCPs bind.

Source: AWS Organizations User Guide, "Resource control policies (RCPs)", List of AWS services that support RCPs, as of
September 2026. AWS Backup, EC2, RDS, EFS and FSx are not among them.
"""

NOT_BOUND_BY_RESOURCES = frozenset(["kms:retiregrant"])
"""Actions on which neither RCPs nor the resource's own policy have an effect.

Sources: the same page, Resources and entities not restricted by RCPs; AWS KMS Developer Guide, "Retiring and revoking
grants" (the permission is not effective in a key policy or resource control policy).
"""

BUCKET_POLICY_ACTIONS = frozenset(["s3:deletebucketpolicy", "s3:getbucketpolicy", "s3:putbucketpolicy"])
"""Actions of the root user of a bucket's owner that the bucket's own policy can't deny.

Source: Amazon S3 API Reference, "DeleteBucketPolicy" (only policies of VPC endpoints and AWS Organizations can).
"""

TRUST_POLICY_ACTIONS = frozenset(
    [
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    ]
)
"""Actions on a role that its trust policy has to allow.

Sources: AWS IAM User Guide, "Policy evaluation logic" (trust policies and key policies must explicitly allow access),
"Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
"""

NOT_FOR_ROOT_USERS = frozenset(["sts:assumerole"])
"""Actions that an account's root user is denied whatever policies allow.

Source: AWS Security Token Service API Reference, "AssumeRole" (root user credentials can't call it).
"""

NEEDS_NO_PERMISSION = frozenset(["sts:getcalleridentity", "sts:getsessiontoken"])
"""Actions that no policy can deny.

Sources: AWS Security Token Service API Reference, "GetCallerIdentity"; AWS IAM User Guide, "Permissions for
GetSessionToken".
"""

SERVICE_LINKED_ROLE = "role/aws-service-role/"
"""How the last segment of a service-linked role's ARN begins."""

KMS = "kms"

KMS_KEY = "key/"
"""How the last segment of a KMS key's ARN begins; other KMS resources have no key policy."""

KMS_ACROSS_ACCOUNTS = frozenset(
    [
        "kms:creategrant",
        "kms:decrypt",
        "kms:derivesharedsecret",
        "kms:describekey",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:generatemac",
        "kms:getkeyrotationstatus",
        "kms:getpublickey",
        "kms:listgrants",
        "kms:reencryptfrom",
        "kms:reencryptto",
        "kms:retiregrant",
        "kms:revokegrant",
        "kms:sign",
        "kms:verify",
        "kms:verifymac",
    ]
)
"""The KMS actions that another account's principals can be allowed at all.

Source: AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
"""

OWNED_BY_AWS = (
    (
        ":iam::aws:policy/",
        frozenset(
            [
                "iam:createpolicy",
                "iam:createpolicyversion",
                "iam:deletepolicy",
                "iam:deletepolicyversion",
                "iam:setdefaultpolicyversion",
                "iam:tagpolicy",
                "iam:untagpolicy",
            ]
        ),
    ),
    (
        ":role/aws-reserved/",
        frozenset(
            [
                "iam:attachrolepolicy",
                "iam:createrole",
                "iam:deleterole",
                "iam:deleterolepermissionsboundary",
                "iam:deleterolepolicy",
                "iam:detachrolepolicy",
                "iam:putrolepermissionsboundary",
                "iam:putrolepolicy",
                "iam:tagrole",
                "iam:untagrole",
                "iam:updateassumerolepolicy",
                "iam:updaterole",
                "iam:updateroledescription",
            ]
        ),
    ),
    (":alias/aws/", frozenset(["kms:createalias", "kms:deletealias", "kms:updatealias"])),
)
"""Resources of AWS's own, by a part of their ARN, with the actions that no customer's principal is let do to them.

Sources: AWS IAM User Guide, "Managed policies and inline policies" (customers can't change AWS managed policies); AWS
IAM Identity Center User Guide, "Referencing permission sets in resource policies" (roles under the reserved path are
AWS's to change); AWS KMS API Reference, "CreateAlias" (the prefix alias/aws/ is reserved).
"""
