import pytest
from pydantic import ValidationError

from labelwright.contract.label_categories import EmittedLabelCategory, EmittedLabelCategoryConfig


def test_a_configuration_is_written_as_the_service_leaves_it() -> None:
    """Under the service's keys, with the version that all files seen have."""
    config = EmittedLabelCategoryConfig(labels=[EmittedLabelCategory(label="a")])
    assert config.wire() == {"document-version": "2018-11-28", "labels": [{"label": "a"}]}


@pytest.mark.parametrize("label", ["", "x" * 257])
def test_a_category_that_the_service_refuses_is_not_written(label: str) -> None:
    """Names have 1 to 256 characters."""
    with pytest.raises(ValidationError):
        EmittedLabelCategory(label=label)
