"""Where the data of a manifest lie."""

from pathlib import Path

from labelwright.contract.manifest import SOURCE_REF, TEXT_REF
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.manifest.files import open_manifest
from labelwright_local.manifest.lines import object_of, read_lines
from labelwright_local.workspace.relative_paths import DATA_BUCKET, is_relative


def data_buckets(manifest: Path) -> frozenset[str]:
    """Return the buckets in which a manifest's data and texts lie; bad lines name none.

    Raises:
        UsageError: the manifest can't be read.
    """
    found = set()
    with open_manifest(str(manifest)) as file:
        for raw in read_lines(file):
            line = object_of(raw) or {}
            for key in (SOURCE_REF, TEXT_REF):
                address = line.get(key)
                if is_relative(address):
                    found.add(DATA_BUCKET)
                    continue
                try:
                    found.add(S3Uri.parse(address).bucket if isinstance(address, str) else "")
                except ValueError:
                    continue
    return frozenset(found - {""})
