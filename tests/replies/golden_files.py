"""Golden files: what was reviewed once and is compared from then on, a file a kind in the folder `golden`.

`pytest … --snapshot-update` writes them anew; their diff is what is reviewed.
"""

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class GoldenText(SingleFileSnapshotExtension):
    """A text file that is named after its test and the test's parameter."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class GoldenJson(GoldenText):
    """A JSON file, written by the test."""

    file_extension = "json"
