"""Templates of SAM and CloudFormation: which of their functions are a labeling job's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright_local.handlers.roles import Functions, find_functions
from labelwright_local.handlers.sam_template import read_template
from labelwright_local.handlers.template_values import Values

SAM = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Globals:
  Function:
    Runtime: python3.12
    Environment:
      Variables: {STAGE: !Ref Stage, LEVEL: INFO}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "labels-${Stage}"}}
  Tools: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer/}}
  %(pre)s:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: before/
      Handler: app.lambda_handler
      Layers: [!Ref Tools]
      Policies: [{Version: 2012-10-17}]
      Environment:
        Variables:
          LEVEL: DEBUG
          TARGET: !Sub "s3://${Bucket}/${AWS::Region}"
          JOINED: !Join ["-", [a, !Ref Stage]]
          ROLE: !GetAtt Role.Arn
          UNKNOWN: !ImportValue elsewhere
  %(post)s:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: after/, Handler: app.lambda_handler, Description: %(says)s}
Outputs:
  Arn: {Value: !GetAtt [%(pre)s, Arn]}
"""


def project(
    folder: Path, pre: str = "PreLabelFunction", post: str = "PostLabelFunction", says: str = "x"
) -> Path:
    """Write a SAM project with two files of one name."""
    for name in ("before", "after"):
        (folder / name).mkdir()
        (folder / name / "app.py").write_text(f"NAME = '{name}'\n", "utf-8")
    (folder / "layer" / "python").mkdir(parents=True)
    (folder / "template.yaml").write_text(SAM % {"pre": pre, "post": post, "says": says}, "utf-8")
    return folder


def files(found: Functions) -> list[str]:
    """Return the folders of the functions that were found."""
    assert found.pre is not None
    assert found.post is not None
    assert found.pre.file is not None
    assert found.post.file is not None
    return [found.pre.file.parent.name, found.post.file.parent.name]


@pytest.mark.parametrize(
    ("pre", "post"),
    [
        ("PreLabelFunction", "PostLabelFunction"),
        ("GTPreHumanTaskLambda", "GTAnnotationConsolidation"),
        ("PreAnnotationFn", "ACSFunction"),
        ("PrelabelingLambda", "ConsolidationLambda"),
        ("SmgtPre", "SmgtPost"),
        ("PreProcess", "PostProcess"),
    ],
)
def test_functions_are_told_by_their_names(tmp_path: Path, pre: str, post: str) -> None:
    """In the ways that published projects name them."""
    assert files(find_functions("template.yaml", project(tmp_path, pre, post))) == [
        "before", "after"
    ]  # fmt: skip


def test_a_description_tells_where_names_do_not(tmp_path: Path) -> None:
    """And a name that only begins like one tells nothing."""
    project(tmp_path, "PreLabel", "Second", "Annotation consolidation")
    assert files(find_functions("template.yaml", tmp_path)) == ["before", "after"]


def test_the_code_tells_where_nothing_else_does(tmp_path: Path) -> None:
    """By what each has to return; it is read, and not run."""
    project(tmp_path, "PreviewOne", "PosterTwo")
    (tmp_path / "before" / "app.py").write_text("raise SystemExit\n{'taskInput': 1}", "utf-8")
    (tmp_path / "after" / "app.py").write_text(
        "raise SystemExit\n'consolidatedAnnotation'", "utf-8"
    )
    assert files(find_functions("template.yaml", tmp_path)) == ["before", "after"]


def test_functions_that_can_not_be_told_apart_are_listed(tmp_path: Path) -> None:
    """With the form that names them."""
    project(tmp_path, "One", "Two")
    says = "name both, as template.yaml:One,template.yaml:Two. It has One (app.lambda_handler); Two"
    with pytest.raises(UsageError, match=re.escape(says)):
        find_functions("template.yaml", tmp_path)
    named = "template.yaml:Two,template.yaml:One"
    assert files(find_functions(named, tmp_path)) == ["after", "before"]
    assert find_functions("template.yaml:One,none", tmp_path).post is None
    with pytest.raises(UsageError, match="has no function Three; it has One, Two"):
        find_functions("template.yaml:Three,none", tmp_path)


def test_a_function_has_the_variables_of_its_template(tmp_path: Path) -> None:
    """Its own over those of all; what only AWS knows is left out."""
    found = find_functions("template.yaml", project(tmp_path))
    assert found.pre is not None
    assert found.pre.variables == {
        "STAGE": "dev",
        "LEVEL": "DEBUG",
        "TARGET": "s3://labels-dev/us-east-1",
        "JOINED": "a-dev",
        "ROLE": "Role.Arn",
    }
    assert found.post is not None
    assert found.post.variables == {"STAGE": "dev", "LEVEL": "INFO"}
    layer = tmp_path / "layer"
    assert found.pre.folders == (tmp_path / "before", layer / "python", layer)


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"Runtime": "nodejs20.x", "Handler": "a.b"}, "its runtime is nodejs20.x"),
        ({"PackageType": "Image"}, "it is a container image"),
        ({"Code": {"ZipFile": {"Ref": "X"}}, "Handler": "index.b"}, "can't be made out"),
        ({"Code": {"S3Bucket": "b", "S3Key": "k"}, "Handler": "a.b"}, "not in a folder"),
        ({"CodeUri": "s3://b/k", "Handler": "a.b"}, "not in a folder"),
        ({"CodeUri": "none/", "Handler": "a.b"}, "there is no folder"),
        ({"CodeUri": ".", "Handler": "a.b"}, "there is no a.py in"),
        ({"CodeUri": "."}, "it has no Handler"),
        ({"CodeUri": {"Fn::ImportValue": "x"}, "Handler": "a.b"}, "not in a folder"),
    ],
)
def test_a_function_that_can_not_run_here_is_told(
    tmp_path: Path, properties: dict[str, Any], says: str
) -> None:
    """With the reason, in JSON as in YAML."""
    resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
    file = tmp_path / "stack.json"
    file.write_text(json.dumps({"Resources": {"Pre": resource}}), "utf-8")
    with pytest.raises(UsageError, match=re.escape(says)):
        find_functions("stack.json:Pre,none", tmp_path)


def test_code_that_stands_in_the_template_is_found(tmp_path: Path) -> None:
    """As Lambda takes it, in a file called ``index``."""
    properties = {
        "Code": {"ZipFile": {"Fn::Sub": "ID = '${AWS::AccountId}'"}},
        "Handler": "index.b",
    }
    resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
    (tmp_path / "stack.json").write_text(json.dumps({"Resources": {"Pre": resource}}), "utf-8")
    found = find_functions("stack.json:Pre,none", tmp_path).pre
    assert found is not None
    assert found.module == "index"
    assert found.file is not None
    assert found.file.read_text("utf-8") == "ID = '000000000000'"
    assert found.folders == (found.file.parent,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "not YAML at line 1"),
        ("- a", "no template"),
        ("a: 1", "it has no Resources"),
        ("Resources: {}", "no Lambda function"),
        ("!!python/object/apply:os.system [ls]", "could not determine a constructor"),
        (" " * (2**20 + 1), "larger than 1,048,576 bytes"),
    ],
)
def test_what_is_no_template_is_told(tmp_path: Path, text: str, says: str) -> None:
    """And nothing that it says is carried out."""
    (tmp_path / "template.yaml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=re.escape(says)):
        find_functions("template.yaml", tmp_path)


def test_a_template_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(UsageError, match=r"none\.yaml: No such file"):
        find_functions("none.yaml", tmp_path)


def test_references_in_a_circle_come_to_nothing() -> None:
    """They can't be known, and nobody waits for them."""
    resource = {"Properties": {"Name": {"Ref": "A"}}}
    assert Values({"Resources": {"A": resource}}).text({"Fn::Sub": "${A}"}) in (None, "A")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Ref", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Type", "Properties"]),
                inner,
                max_size=3,
            )
        ),
    )
)
def test_any_value_comes_to_a_text_or_nothing(value: Any) -> None:
    """Whatever a template says."""
    found = Values({"Resources": {"A": value}, "Parameters": {"B": value}, "Globals": value})
    text = found.text(value)
    assert text is None or isinstance(text, str)


def test_our_own_template_names_our_own_functions() -> None:
    """The stack of this project is a SAM project like others."""
    template = Path(__file__).parents[3] / "infra" / "template.yaml"
    assert [function.id for function in read_template(template)] == [
        "PreLabelingFunction", "PostLabelingFunction"
    ]  # fmt: skip
    found = find_functions(str(template), Path())
    assert found.pre is not None
    assert found.pre.module == "pre_labeling"
    assert found.post is not None
    assert found.post.module == "post_labeling"
