"""A hook of mkdocs: links from the docs to files of the repository outside of them lead to the repository."""

import posixpath
import re
from typing import Any, Final

_LINK: Final = re.compile(r"\]\((?P<target>[^)#\s]+)(?P<rest>#[^)]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Rewrites the links of a page; see "Hooks" in mkdocs's documentation."""
    del files
    here = posixpath.dirname(page.file.src_uri)
    return _LINK.sub(lambda link: _to_repository(link, here, str(config.repo_url).rstrip("/")), markdown)


def _to_repository(link: re.Match[str], here: str, repository: str) -> str:
    """The link, or one into the repository where it leads out of the docs."""
    target, rest = link["target"], link["rest"] or ""
    path = posixpath.normpath(posixpath.join("docs", here, target))
    is_inside = path.startswith("docs/") and not path.startswith("docs/schemas/")
    if "://" in target or target.startswith("mailto:") or is_inside:
        return link[0]
    return f"]({repository}/blob/main/{path}{rest})"
