"""Reads exported files as others do: .pth with PyTorch's weights-only loader, .safetensors with its package, .onnx with the full check of onnx.

python3 scripts/interop/check_exports.py FILE...      (PyTorch 1.13 or newer, safetensors and onnx for files of theirs)

Lists the tensors of the first file; all must hold the same ones, those of .onnx files aside, bit for bit. Exits 1 when two files differ.
"""

import sys

import torch


def load(path):
    if path.endswith('.onnx'):
        import onnx

        onnx.checker.check_model(onnx.load(path), full_check=True)
        print(f'{path}: a valid model')
        return None
    if path.endswith('.safetensors'):
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location='cpu', weights_only=True)


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
    return set(a) == set(b) and all(a[k].dtype == b[k].dtype and a[k].shape == b[k].shape and torch.equal(bits(a[k]), bits(b[k])) for k in a)


loaded = {path: load(path) for path in sys.argv[1:]}
files = {path: dict(tensors(value)) for path, value in loaded.items() if value is not None}
first = next(iter(files.values()), {})
for path, found in files.items():
    print(f'{path}: {len(found)} tensors{"" if same(first, found) else ", not those of the first file"}')
for name, tensor in first.items():
    print(f'  {name} {str(tensor.dtype).removeprefix("torch.")} {list(tensor.shape)}')
sys.exit(not all(same(first, found) for found in files.values()))
