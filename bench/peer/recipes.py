"""Numbers from recipes: each is a function of its tensor's seed and its index, so that anneal.bench.peer.Numbers makes
the very same ones and no large file has to go from one process to the other."""

import torch

_BITS = 0xffffffff


def make(recipe, device, bf16):
    """The tensor of a recipe, floating-point numbers rounded to bfloat16 if so asked, but stored as float32."""
    kind, dims = recipe["kind"], recipe["dims"]
    if kind == "values":
        return torch.tensor(recipe["values"], dtype=torch.float64, device=device)
    count = 1
    for extent in dims:
        count *= extent
    words = _words(recipe["seed"], count, device)
    if kind == "integers":
        return (recipe["from"] + words % (recipe["to"] - recipe["from"])).reshape(dims)
    # Four bytes added up are nearly normal, and exact.
    total = sum((words >> shift) & 0xff for shift in (0, 8, 16, 24)) - 510
    values = (recipe["mean"] + recipe["step"] * total.double()).float().reshape(dims)
    return values.bfloat16().float() if bf16 else values


def _words(seed, count, device):
    """The hash of 0, 1, 2, ...: 32 bits each, in 64 so that nothing is signed."""
    x = (torch.arange(count, dtype=torch.int64, device=device) * 0x9e3779b9 + (seed & _BITS)) & _BITS
    x = ((x ^ (x >> 16)) * 0x7feb352d) & _BITS
    x = ((x ^ (x >> 15)) * 0x846ca68b) & _BITS
    return x ^ (x >> 16)
