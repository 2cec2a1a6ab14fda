"""Make README.md, and the pictures it shows, from nbs/index.ipynb. With --check: only say whether they match."""
import re
import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "nbs/index.ipynb"
PICTURES = "nbs/images"


def shown_cells(cells: list) -> list:
    "Without the cells marked `#| hide`, and without the source of those marked `#| echo: false`."
    shown = []
    for cell in cells:
        if cell.source.startswith("#| hide"):
            continue
        if cell.source.startswith("#| echo: false"):
            cell.source = ""
        shown.append(cell)
    return shown


def readme() -> dict[str, bytes]:
    "The files that index.ipynb makes: relative name and content."
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells = shown_cells(notebook.cells)
    notebook.metadata["language_info"] = {"name": "python"}
    text, resources = MarkdownExporter().from_notebook_node(
        notebook, resources={"unique_key": "index", "output_files_dir": PICTURES})
    text = text.replace("```python\n\n```\n", "")  # what is left of a source that is not shown
    text = re.sub(r"\]\((\d\d_\w+\.ipynb)\)", r"](nbs/\1)", text.replace("](../", "]("))  # from nbs/ to the root
    text = re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).replace("![png]", "![one picture, shifted in nine directions]")
    note = "<!-- Made from nbs/index.ipynb by `make export`: edit the notebook, not this file. -->\n\n"
    return {"README.md": (note + text.strip() + "\n").encode()} | resources["outputs"]


def main() -> None:
    files = readme()
    stale = [name for name, content in files.items()
             if not (ROOT / name).is_file() or (ROOT / name).read_bytes() != content]
    if "--check" in sys.argv:
        sys.exit(f"not made from the current index.ipynb: {', '.join(stale)}; run make export" if stale else None)
    for name, content in files.items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_bytes(content)


if __name__ == "__main__":
    main()
