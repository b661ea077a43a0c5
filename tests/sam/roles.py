"""The stack's roles, made by the stand-in for CloudFormation out of the translated template."""

import ast
import json
from typing import Any, NamedTuple

from tests.sam.s3_server import S3Server

Statement = dict[str, Any]


class Role(NamedTuple):
    """A role and what its one policy states."""

    arn: str
    statements: list[Statement]

    @property
    def allowed(self) -> set[tuple[str, str]]:
        """What is allowed, as pairs of action and resource, logs left out."""
        pairs = set()
        for statement in self.statements:
            assert set(statement) == {"Sid", "Effect", "Action", "Resource"}
            assert statement["Effect"] == "Allow"
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                pairs.add((action, statement["Resource"]))
        return {pair for pair in pairs if not pair[0].startswith("logs:")}


def create_roles(server: S3Server, template: Any, parameters: dict[str, str]) -> dict[str, Role]:
    """Create the roles of a stack with these parameters; returns them by their policy's name."""
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] in {"AWS::IAM::Role", "AWS::Logs::LogGroup"}
    }
    body = {"Resources": resources, **{key: template[key] for key in ("Parameters", "Conditions")}}
    server.client("cloudformation").create_stack(
        StackName="tested",
        TemplateBody=json.dumps(body),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    iam = server.client("iam")
    return {name: role for role in iam.list_roles()["Roles"] for name, role in [_role(iam, role)]}


def _role(iam: Any, role: dict[str, Any]) -> tuple[str, Role]:
    (name,) = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    stored = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
    # moto keeps a policy of CloudFormation's as Python's text of it, with None where a condition
    # takes a statement out; it enforces only JSON.
    policy = ast.literal_eval(stored)
    policy["Statement"] = [statement for statement in policy["Statement"] if statement]
    iam.put_role_policy(
        RoleName=role["RoleName"], PolicyName=name, PolicyDocument=json.dumps(policy)
    )
    return name, Role(role["Arn"], policy["Statement"])
