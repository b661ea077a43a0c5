"""Print the CloudFormation template that SAM makes of ours, as JSON.

cfn-lint then sees what SAM's shorthand hides from it, IAM policies above all. Runs in SAM's virtual
environment, without an account.
"""

import json
import os
import sys
from pathlib import Path

from samtranslator.public.translator import (  # type: ignore[import-not-found] # other environment
    ManagedPolicyLoader,
)
from samtranslator.translator.transform import transform  # type: ignore[import-not-found]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-not-found]

_PACKAGED = "s3://amzn-s3-demo-bucket/code.zip"


class _NoManagedPolicies(ManagedPolicyLoader):  # type: ignore[misc] # its type is unknown here
    """Our roles name no managed policy of AWS, so that account is not asked for any."""

    def __init__(self) -> None:
        pass

    def load(self) -> dict[str, str]:
        return {}


def main(path: str) -> None:
    """Translate the template under ``path``."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    template = yaml_parse(Path(path).read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        for key in ("CodeUri", "ContentUri"):
            # What `sam package` would have put there.
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = _PACKAGED
    json.dump(transform(template, {}, _NoManagedPolicies()), sys.stdout, indent=2)


if __name__ == "__main__":
    main(sys.argv[1])
