"""The forms in which a manifest line has a suggestion: a model's, ours, a built-in job's.

What a built-in job's label attribute holds, and its metadata:
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

from collections.abc import Mapping

from labelwright.contract.base import Json
from labelwright.contract.manifest import METADATA_SUFFIX
from labelwright.contract.own_label import OwnField, OwnLabel, read_label
from labelwright.task.definition import FieldDefinition, Kind

#: Under which key of an object the list of a kind's items may stand.
_LISTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CHOICES: ("labels",),
    Kind.SPANS: ("entities", "value"),
    Kind.BOXES: ("boundingBoxes",),
}


def raw_value(field: FieldDefinition, key: str, line: Mapping[str, Json]) -> Json | LookupError:
    """Return what stands under a key for a field, in the form of an answer.

    A label of ours gives its field of this name, or its only one of this kind. Of a built-in job's
    label the classes are named by its ``-metadata``. A ``LookupError`` says, in words without the
    value, why a label of ours has none to show.
    """
    value = line[key]
    if own := read_label(value):
        return _in_own_label(own, field)
    metadata = line.get(key + METADATA_SUFFIX)
    built_in = _named(field, value, metadata) if isinstance(metadata, Mapping) else None
    return value if built_in is None else built_in


def raw_items(field: FieldDefinition, raw: Json) -> list[Json] | None:
    """Return the items of a value that is a list, or has one; None where there is none."""
    if isinstance(raw, Mapping):
        if field.kind is Kind.SPANS and "annotations" in raw:
            # A built-in named entity job's output has the entities one level deeper.
            return raw_items(field, raw["annotations"])
        if field.kind is Kind.CHOICES and raw and all(isinstance(on, bool) for on in raw.values()):
            return [name for name, on in raw.items() if on]
        raw = next((raw[name] for name in _LISTS[field.kind] if name in raw), None)
    if field.kind is Kind.CHOICES and isinstance(raw, str):
        return [raw] if raw.strip() else []
    return raw if isinstance(raw, list) else None


def _in_own_label(label: OwnLabel, field: FieldDefinition) -> Json | LookupError:
    alike = {name: found for name, found in label.fields.items() if found.kind == field.kind}
    found = alike.get(field.name) or (next(iter(alike.values())) if len(alike) == 1 else None)
    if found is None:
        reason = label.fault or f"the label has no field '{field.name}' of kind {field.kind}"
        return LookupError(reason)
    if found.fault is not None:
        return LookupError(found.fault)
    if found.value is None:
        # A field that nobody answered has no value, and gives no suggestion.
        return [] if field.kind in _LISTS else None
    return _in_units(found) if field.kind is Kind.SPANS else found.value


def _in_units(found: OwnField) -> Json:
    if found.offsets != "utf16" or not isinstance(found.value, list):
        return found.value
    # They are as crowd-entity-annotation gave them: nobody had the text to convert them by.
    return [
        {
            "startOffset": item.get("start"),
            "endOffset": item.get("end"),
            "label": item.get("label"),
        }
        if isinstance(item, Mapping)
        else item
        for item in found.value
    ]


def _named(field: FieldDefinition, value: Json, metadata: Mapping[str, Json]) -> Json:
    """Return a built-in job's label with names in the place of indexes, None where it is none."""
    names = metadata.get("class-map")
    names = names if isinstance(names, Mapping) else {}
    if field.kind is Kind.CHOICE:
        return metadata.get("class-name")
    if field.kind is Kind.CHOICES and names and isinstance(value, list):
        return [names.get(str(item), item) for item in value]
    if field.kind is Kind.BOXES and names and isinstance(value, Mapping):
        boxes, sizes = value.get("annotations"), value.get("image_size")
        if not isinstance(boxes, list):
            return None
        named = [
            {**box, "label": names.get(str(box.get("class_id")))}
            if isinstance(box, Mapping)
            else box
            for box in boxes
        ]
        size = sizes[0] if isinstance(sizes, list) and sizes else None
        return {"boundingBoxes": named, "inputImageProperties": size}
    return None
