"""Reads .pth files with PyTorch's weights-only loader and lists their tensors; several files must hold the same ones, bit for bit.

python3 scripts/interop/check_pth.py FILE...      (PyTorch 1.13 or newer; exits 1 when two files differ)
"""

import sys

import torch


def tensors(value, name=''):
    if isinstance(value, torch.Tensor):
        yield name, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, item in items:
        yield from tensors(item, f'{name}.{key}' if name else str(key))


def bits(tensor):
    # as bytes, so that a NaN equals itself
    return tensor.detach().contiguous().reshape(-1).view(torch.uint8)


def same(a, b):
    return list(a) == list(b) and all(a[k].dtype == b[k].dtype and a[k].shape == b[k].shape and torch.equal(bits(a[k]), bits(b[k])) for k in a)


files = {path: dict(tensors(torch.load(path, map_location='cpu', weights_only=True))) for path in sys.argv[1:]}
first = next(iter(files.values()), {})
for path, found in files.items():
    print(f'{path}: {len(found)} tensors{"" if same(first, found) else ", not those of the first file"}')
for name, tensor in first.items():
    print(f'  {name} {str(tensor.dtype).removeprefix("torch.")} {list(tensor.shape)}')
sys.exit(not all(same(first, found) for found in files.values()))
