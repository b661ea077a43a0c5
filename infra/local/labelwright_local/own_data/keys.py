"""Which key of a manifest line a column becomes: its own name, unless that means something else."""

from collections.abc import Iterable

from labelwright.contract.manifest import METADATA, METADATA_SUFFIX, SOURCE, SOURCE_REF, TEXT_REF

#: The key of what somebody knows an object by.
ID = "id"
#: What a line's keys mean to Ground Truth and to our handlers.
_OURS = frozenset((SOURCE, SOURCE_REF, TEXT_REF, METADATA))


class Keys:
    """Gives each column that is carried along a key of its own; ``renamed`` are those that changed.

    ``taken`` are the keys that the line has besides: of the columns that are used, and the job's
    label attribute. A key that ends in ``-metadata`` would make its neighbour a label, and Ground
    Truth refuses one that begins with ``$``.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = _OURS | set(taken)
        self._keys: dict[str, str] = {}
        self.renamed: dict[str, str] = {}

    def of(self, column: str) -> str:
        """Return the key of a column."""
        key = self._keys.get(column)
        if key is None:
            key = self._keys[column] = self._free(column)
            if key != column:
                self.renamed[column] = key
        return key

    def _free(self, column: str) -> str:
        key = column.removeprefix("$") or "column"
        if key != column or key in self._taken or key.endswith(METADATA_SUFFIX):
            key = f"{key}-column"
        number = 2
        while key in self._taken or key in self._keys.values():
            key = f"{column}-column-{number}"
            number += 1
        return key
