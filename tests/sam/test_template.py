from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from labelwright_local.handlers.replay import read_replay
from tests.sam.conftest import Functions
from tests.sam.host_build import ROOT
from tests.sam.roles import Role, create_roles
from tests.sam.s3_server import S3Server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

INPUT = "example-labeling-input"
OUTPUT = "example-labeling-output"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0b1f0c2e-1111-2222-3333-444455556666"
ACCOUNT = "123456789012"

TASK = b"""
name = "task"
title = "Task"
[[fields]]
name = "quality"
path = "quality"
kind = "choice"
labels = ["yes", "no"]
"""

#: Creates the stack's roles with parameters beside the two buckets.
Roles = Callable[..., dict[str, Role]]


@pytest.fixture
def roles(s3: S3Server, template: Any) -> Roles:
    """Create the roles of the template where the tests' S3 is."""
    buckets = {"InputBucket": INPUT, "OutputBucket": OUTPUT}

    def create(**parameters: str) -> dict[str, Role]:
        return create_roles(s3, template, {**buckets, **parameters})

    return create


PRE = {("s3:GetObject", f"arn:aws:s3:::{INPUT}/*"), ("s3:ListBucket", f"arn:aws:s3:::{INPUT}")}
POST = {
    ("s3:GetObject", f"arn:aws:s3:::{OUTPUT}/*"),
    ("s3:ListBucket", f"arn:aws:s3:::{OUTPUT}"),
    ("s3:GetObject", f"arn:aws:s3:::{INPUT}/*"),
    ("s3:PutObject", f"arn:aws:s3:::{OUTPUT}/*/labelwright/*"),
}


def test_the_roles_allow_no_more_than_the_functions_do(roles: Roles) -> None:
    """Without options, pre-labeling writes nothing and post-labeling in its own folders only."""
    created = roles()
    assert created["PreLabeling"].allowed == PRE
    assert created["PostLabeling"].allowed == POST


def test_a_key_adds_the_permissions_for_it(roles: Roles) -> None:
    """With a KMS key, pre-labeling may decrypt and post-labeling encrypt as well."""
    created = roles(KmsKeyArn=KEY)
    assert created["PreLabeling"].allowed == PRE | {("kms:Decrypt", KEY)}
    assert created["PostLabeling"].allowed == POST | {
        ("kms:Decrypt", KEY),
        ("kms:GenerateDataKey", KEY),
    }


def test_the_task_definition_can_be_read_wherever_it_is(roles: Roles) -> None:
    """Both functions may read the one object that the parameter names."""
    created = roles(TaskDefinition="s3://elsewhere/tasks/task.toml")
    added = {("s3:GetObject", "arn:aws:s3:::elsewhere/tasks/task.toml")}
    assert created["PreLabeling"].allowed == PRE | added
    assert created["PostLabeling"].allowed == POST | added


def test_gold_can_be_read_by_post_labeling_alone(roles: Roles) -> None:
    """What makes task inputs never sees known answers."""
    created = roles(GoldFile="s3://elsewhere/gold.jsonl")
    assert created["PreLabeling"].allowed == PRE
    assert created["PostLabeling"].allowed == POST | {
        ("s3:GetObject", "arn:aws:s3:::elsewhere/gold.jsonl")
    }


def test_the_job_role_can_be_assumed_only_when_asked_for(roles: Roles) -> None:
    """With AssumeJobRole, post-labeling may assume roles of its own account."""
    created = roles(AssumeJobRole="true")
    assert created["PreLabeling"].allowed == PRE
    assert created["PostLabeling"].allowed == POST | {
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/*")
    }


def test_a_prefix_narrows_what_texts_can_be_read(roles: Roles) -> None:
    """Post-labeling reads texts below the prefix only; their addresses come from workers."""
    created = roles(TextPrefix="texts/")
    texts = {pair for pair in created["PostLabeling"].allowed if INPUT in pair[1]}
    assert texts == {("s3:GetObject", f"arn:aws:s3:::{INPUT}/texts/*")}


def test_logs_go_to_the_declared_groups_only(roles: Roles) -> None:
    """Each function writes to its own log group and can't create another."""
    for role in roles().values():
        actions = [item["Action"] for item in role.statements if item["Sid"] == "WriteLogs"]
        assert actions == [["logs:CreateLogStream", "logs:PutLogEvents"]]


def test_the_policies_suffice_and_hold(roles: Roles, s3: S3Server, functions: Functions) -> None:
    """Under their own roles the functions do their work, and nothing beside it."""
    created = roles(TaskDefinition=f"s3://{INPUT}/task.toml")
    large = read_replay(ROOT / "events" / "post-large-label")
    for path in large.objects.rglob("*.json"):
        bucket, key = path.relative_to(large.objects).as_posix().split("/", 1)
        s3.put(bucket, key.replace("%3A", ":"), path.read_bytes())
    s3.put(INPUT, "task.toml", TASK)
    s3.put(INPUT, "a.txt", b"Text.")
    pre, post = (_keys(s3, created[name].arn) for name in ("PreLabeling", "PostLabeling"))
    entry = {"source-ref": f"s3://{INPUT}/a.png", "text-file-s3-uri": f"s3://{INPUT}/a.txt"}
    event = {"version": "1", "labelingJobArn": "arn:job", "dataObject": entry}
    before = set(s3.objects())
    s3.enforce_policies(True)
    try:
        definition = {"TASK_DEFINITION": f"s3://{INPUT}/task.toml"}
        shown = functions("pre_labeling", **pre, **definition).invoke(event)
        labels = functions("post_labeling", **post).invoke(large.event)
        strange = {**event, "dataObject": {**entry, "text-file-s3-uri": f"s3://{OUTPUT}/x"}}
        refused = functions("pre_labeling", **pre, **definition).invoke(strange)
        denied = [
            _denied(s3, keys, key)
            for keys, key in [
                (post, "runs/River-Birds/annotations/new.json"),
                (post, "runs/River-Birds/manifests/output/output.manifest"),
                (pre, "runs/River-Birds/labelwright/new.json"),
            ]
        ]
    finally:
        s3.enforce_policies(False)
    assert shown.error is None
    assert shown.response["taskInput"]["text"] == "Text."
    assert labels.error is None
    assert [uri for uri in s3.objects() if uri not in before and "/labelwright/" in uri]
    assert refused.error is not None
    assert refused.error["errorType"] == "StorageAccessDenied"
    assert f"s3:GetObject on arn:aws:s3:::{OUTPUT}/x" in refused.error["errorMessage"]
    assert denied == ["AccessDenied"] * 3


def _keys(s3: S3Server, role: str) -> dict[str, str]:
    """Return credentials of a role, as Lambda puts them into the environment."""
    sts = s3.client("sts")
    keys = sts.assume_role(RoleArn=role, RoleSessionName="tested")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def _denied(s3: S3Server, keys: dict[str, str], key: str) -> str | None:
    """Return the code with which writing an object to the output bucket fails, if it does."""
    client: S3Client = s3.client("s3", keys)
    try:
        client.put_object(Bucket=OUTPUT, Key=key, Body=b"")
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


@pytest.mark.parametrize("name", ["PreLabelingFunction", "PostLabelingFunction"])
def test_ground_truth_may_invoke_the_functions(name: str, template: Any) -> None:
    """The names contain what the managed policies of Ground Truth ask for."""
    function = template["Resources"][name]["Properties"]
    assert function["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def test_only_post_labeling_has_the_layer(template: Any) -> None:
    """The layer with numpy is attached where consolidation runs and nowhere else."""
    resources = template["Resources"]
    assert "Layers" not in resources["PreLabelingFunction"]["Properties"]
    assert len(resources["PostLabelingFunction"]["Properties"]["Layers"]) == 1


def test_the_functions_know_where_texts_may_be(template: Any) -> None:
    """The environment says what the policy allows."""
    variables = template["Resources"]["PostLabelingFunction"]["Properties"]["Environment"]
    assert variables["Variables"]["TEXT_PREFIX"] == {"Fn::Sub": "s3://${InputBucket}/${TextPrefix}"}
