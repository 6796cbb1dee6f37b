"""safetensors files, as far as two processes need them to exchange numbers: float32, float64, int32 and int64."""

import ctypes
import json
import struct

import torch

_TYPES = {"F32": torch.float32, "F64": torch.float64, "I32": torch.int32, "I64": torch.int64}
_NAMES = {dtype: name for name, dtype in _TYPES.items()}


def read(path):
    """All tensors of a file by name, each in memory of its own."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=_TYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def write(path, tensors):
    """Writes tensors in the order of their logical elements, whatever their memory format is."""
    header, chunks, end = {}, [], 0
    for name, tensor in tensors.items():
        dense = tensor.detach().cpu().contiguous()
        chunk = ctypes.string_at(dense.data_ptr(), dense.numel() * dense.element_size())  # needs no NumPy
        header[name] = {"dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [end, end + len(chunk)]}
        chunks.append(chunk)
        end += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for chunk in chunks:
            file.write(chunk)
