import pytest
from pydantic import ValidationError

from labelwright.contract.label_categories import (
    EmittedLabelCategory,
    EmittedLabelCategoryConfig,
    LabelCategoryConfig,
)


def test_configuration_reads_names_and_keeps_the_rest() -> None:
    """Labels come in order; instructions and attributes beside them are kept."""
    config = LabelCategoryConfig.model_validate(
        {
            "document-version": "2018-11-28",
            "labels": [{"label": "b", "attributes": [1]}, {"label": "a"}],
            "instructions": {"shortInstruction": "x"},
        }
    )
    assert [category.label for category in config.labels] == ["b", "a"]
    assert config.labels[0].model_extra == {"attributes": [1]}
    assert config.model_extra == {"instructions": {"shortInstruction": "x"}}


@pytest.mark.parametrize("labels", [[{"label": "a"}, {"label": "a"}], [{"label": ""}],
                                    [{"label": "x" * 257}], ["a"]])  # fmt: skip
def test_configuration_that_the_service_refuses(labels: list[object]) -> None:
    """Names are unique and have 1 to 256 characters."""
    with pytest.raises(ValidationError):
        LabelCategoryConfig.model_validate({"labels": labels})


def test_written_configuration_reads_back() -> None:
    """What we write is what the service reads."""
    config = EmittedLabelCategoryConfig(labels=[EmittedLabelCategory(label="a")])
    assert config.wire() == {"document-version": "2018-11-28", "labels": [{"label": "a"}]}
    assert LabelCategoryConfig.model_validate(config.wire()).labels[0].label == "a"
