"""Changes of the policies that buckets and file systems have themselves."""

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.diagnosis.changes import hcl
from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.command import command, inline, name_of, region_of
from bot.diagnosis.changes.limits import Limit, size
from bot.diagnosis.facts.documents import NamedDocument


@dataclass(frozen=True, slots=True)
class PutResourcePolicy(PlannedChange):
    """The policy of a bucket or of a file system."""

    KIND: ClassVar[str] = "put-resource-policy"

    region: str | None = None
    """The Region of a bucket, whose ARN does not tell it; None where it is not known."""

    @property
    def _is_bucket(self) -> bool:
        return self.target.split(":")[2] == "s3"

    def applied(self, facts: F) -> F | None:
        """With the policy put, where it is that of the resource at hand."""
        if facts.resource is None or facts.resource.arn != self.target:
            return facts
        return replace(facts, resource=replace(facts.resource, policy=NamedDocument(self.target, self.document)))

    def cli(self) -> str:
        """`aws s3api put-bucket-policy` or `aws efs put-file-system-policy`."""
        document = inline(self.document)
        if self._is_bucket:
            options = {"bucket": self.target.rpartition(":")[2], **({"region": self.region} if self.region else {})}
            return command("s3api", "put-bucket-policy", **options, policy=document)
        options = {"file_system_id": name_of(self.target), "region": region_of(self.target)}
        return command("efs", "put-file-system-policy", **options, policy=document)

    def terraform(self) -> str:
        """An `aws_s3_bucket_policy` or an `aws_efs_file_system_policy`."""
        name, document = hcl.last_part(self.target), hcl.encoded(self.document)
        if self._is_bucket:
            region = hcl.in_region(self.region) if self.region else {}
            return hcl.resource("aws_s3_bucket_policy", name, {**region, "bucket": hcl.text(name), "policy": document})
        region = hcl.in_region(region_of(self.target))
        arguments = {**region, "file_system_id": hcl.text(name), "policy": document}
        return hcl.resource("aws_efs_file_system_policy", name, arguments)

    def limit(self) -> Limit:
        """Sources: "Bucket policies for Amazon S3" (Amazon S3 User Guide), "PutFileSystemPolicy" (Amazon EFS)."""
        if self._is_bucket:
            return Limit(20_480, "bytes", size, "The bucket policy")
        return Limit(20_000, "characters", size, "The file system's policy")
