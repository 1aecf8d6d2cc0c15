"""What runs the notebooks and publishes their pages; knows notebooks as files only."""

import sys

# jsonschema, which nbformat imports, reads a grammar of international web addresses for seconds where rfc3987-syntax is
# there, as it is with JupyterLab. No notebook has such addresses to check, so every start goes without.
if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # Python's own way to say: it is not there
    try:
        import nbformat  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]
