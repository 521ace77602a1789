"""Reading and writing safetensors files of float32, with names sorted; enough for the golden files.

Format: 8 bytes little-endian length of the header, the header (JSON, padded with spaces to 8 bytes), the values.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy
import torch
from torch import Tensor


def write_safetensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes `tensors`, rounded to float32."""
    header: dict[str, object] = {}
    blobs: list[bytes] = []
    offset = 0
    for name in sorted(tensors):
        blob = tensors[name].detach().to(torch.float32).contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Reads every tensor as float64; throws ValueError for a dtype other than F32."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    return {name: _read_tensor(data, 8 + length, name, entry) for name, entry in header.items()}


def _read_tensor(data: bytes, base: int, name: str, entry: dict) -> Tensor:
    if entry["dtype"] != "F32":
        raise ValueError(f"{name}: expected dtype F32, got {entry['dtype']}")
    start, end = entry["data_offsets"]
    values = numpy.frombuffer(data, dtype="<f4", count=(end - start) // 4, offset=base + start)
    return torch.from_numpy(values.astype(numpy.float64)).reshape(entry["shape"])
