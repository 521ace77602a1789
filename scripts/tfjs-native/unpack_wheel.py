"""Takes from a wheel of TensorFlow what a program in C needs: the two libraries and the headers of its C API.

Usage: python3 unpack_wheel.py WHEEL FOLDER
"""

import re
import shutil
import sys
import zipfile
from pathlib import Path

LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
HEADERS = ["tensorflow/c/c_api.h", "tensorflow/c/eager/c_api.h", "tensorflow/core/platform/ctstring_internal.h"]
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)


def with_included(archive: zipfile.ZipFile, headers: list[str]) -> list[str]:
    """The headers and those that they include, as far as the wheel has them."""
    there = set(archive.namelist())
    found: list[str] = []
    pending = list(headers)
    while pending:
        header = pending.pop()
        if header in found or f"tensorflow/include/{header}" not in there:
            continue
        found.append(header)
        pending += INCLUDE.findall(archive.read(f"tensorflow/include/{header}").decode())
    return found


def main(wheel: str, folder: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        there = set(archive.namelist())
        wanted = [*LIBRARIES, *(f"include/{header}" for header in HEADERS)]
        missing = [name for name in wanted if f"tensorflow/{name}" not in there]
        if missing:
            sys.exit(f"not in this wheel: {', '.join(missing)}")
        for name in [*LIBRARIES, *(f"include/{header}" for header in with_included(archive, HEADERS))]:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(f"tensorflow/{name}") as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)


main(*sys.argv[1:])
