"""Amazon S3: buckets with their policies, encryption, versioning and tags, addressed path-style.

Bucket names are global: another account's bucket is refused, and one of another Region is answered with the redirect
that tells a client where to ask.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from sandbox.aws.model import Resource
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import QUERY_SPELLING, Answer, AwsError, Operation, Parameters, Refusal, Service, View
from sandbox.aws.services.shapes import tag_list

_REGION_HEADER = "x-amz-bucket-region"


def list_buckets(view: View, _: Parameters) -> Answer:
    """The caller's buckets in every Region."""
    return {
        "Buckets": [
            {"Name": name, "CreationDate": BEGINNING, "BucketRegion": region}
            for name, (account, region, _) in view.estate.buckets.items()
            if account == view.account_id
        ]
    }


def get_bucket_location(view: View, parameters: Parameters) -> Answer:
    """The Region of a bucket, answered in whatever Region is asked; us-east-1 is told as nothing."""
    _, region = _own(view, parameters)
    return {"LocationConstraint": "" if region == "us-east-1" else region}


def head_bucket(view: View, _: Resource) -> Answer:
    """That a bucket is there and may be read."""
    return {"BucketRegion": view.region_name}


def get_bucket_policy(_: View, bucket: Resource) -> Answer:
    """A bucket's policy."""
    if bucket.Policy is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"Policy": json.dumps(bucket.Policy)}


def get_bucket_encryption(_: View, bucket: Resource) -> Answer:
    """How new objects are encrypted: with the bucket's KMS key, or with S3's own as every other bucket since 2023."""
    default = {"SSEAlgorithm": "AES256"}
    if bucket.KmsKeyArn:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": bucket.KmsKeyArn}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket.KmsKeyArn is not None}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def get_bucket_versioning(_: View, bucket: Resource) -> Answer:
    """Whether versions are kept, which a bucket that AWS Backup protects must do."""
    return {"Status": "Enabled"} | bucket.said


def get_bucket_tagging(_: View, bucket: Resource) -> Answer:
    """A bucket's tags."""
    if not bucket.Tags:
        raise AwsError("NoSuchTagSet", "The TagSet does not exist", 404)
    return {"TagSet": tag_list(bucket.Tags)}


def _own(view: View, parameters: Parameters) -> tuple[Resource, str]:
    """The bucket that was named, with its Region.

    Raises:
        AwsError: There is no such bucket, or it is another account's.
    """
    name = parameters["Bucket"]
    if name not in view.estate.buckets:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    account, region, bucket = view.estate.buckets[name]
    if account != view.account_id:
        raise AwsError("AccessDenied", "Access Denied", 403)
    return bucket, region


def _in_region(read: Callable[[View, Resource], Answer]) -> Operation:
    """An operation that is answered in the bucket's own Region only."""

    def operation(view: View, parameters: Parameters) -> Answer:
        bucket, region = _own(view, parameters)
        if region != view.region_name:
            message = "The bucket you are attempting to access must be addressed using the specified endpoint."
            raise AwsError("PermanentRedirect", message, 301, {_REGION_HEADER: region})
        return read(view, bucket)

    return operation


S3 = Service(
    name="s3",
    spelling=replace(
        QUERY_SPELLING,
        throttled=Refusal("SlowDown", 503),
        unknown_session=Refusal("InvalidToken"),
        expired_session=Refusal("ExpiredToken"),
        bad_token=Refusal("InvalidArgument"),
    ),
    actions={
        "ListBuckets": "ListAllMyBuckets",
        "HeadBucket": "ListBucket",
        "GetBucketEncryption": "GetEncryptionConfiguration",
    },
    page_size=None,
    page_limit=10000,
    operations={
        "ListBuckets": list_buckets,
        "HeadBucket": _in_region(head_bucket),
        "GetBucketLocation": get_bucket_location,
        "GetBucketPolicy": _in_region(get_bucket_policy),
        "GetBucketEncryption": _in_region(get_bucket_encryption),
        "GetBucketVersioning": _in_region(get_bucket_versioning),
        "GetBucketTagging": _in_region(get_bucket_tagging),
    },
)
