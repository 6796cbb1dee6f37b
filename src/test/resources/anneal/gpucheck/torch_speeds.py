"""PyTorch's times of the cases of SpeedCase: torch_speeds.py DEVICE fp32|tf32|bf16 'gemm 64 64 64' ..."""
import sys
import time

import torch
import torch.nn.functional as F

device, precision, cases = sys.argv[1], sys.argv[2], sys.argv[3:]
torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
torch.backends.cudnn.allow_tf32 = precision == "tf32"
torch.backends.cudnn.benchmark = True
dtype = torch.bfloat16 if precision == "bf16" else torch.float32


def normal(*shape):
    return torch.randn(*shape, device=device, dtype=dtype)


def image(n, c, h):
    return normal(n, c, h, h).to(memory_format=torch.channels_last)


def prepare(kind, a, b, c, d=0):
    if kind == "gemm":
        x, w = normal(a, c), normal(b, c)
        return lambda: F.linear(x, w)
    if kind == "attention":
        q, k, v = (normal(a, b, c, d) for _ in range(3))
        return lambda: F.scaled_dot_product_attention(q, k, v)
    x, w, y = image(a, c, b), normal(d, c, 3, 3).to(memory_format=torch.channels_last), image(a, d, b)
    if kind == "conv":
        return lambda: F.conv2d(x, w, padding=1)
    wanted = [kind == "conv_data", kind == "conv_weight", False]
    return lambda: torch.ops.aten.convolution_backward(y, x, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted)


def wait():
    if device == "cuda":
        torch.cuda.synchronize()


def clock(call, times):
    wait()
    start = time.perf_counter()
    for _ in range(times):
        call()
    wait()
    return (time.perf_counter() - start) * 1e3


with torch.no_grad():
    for words in cases:
        kind, *extents = words.split()
        call = prepare(kind, *map(int, extents))
        clock(call, 3)
        times = int(max(1, min(10_000, 30 / max(1e-4, clock(call, 1)))))
        rounds = sorted(clock(call, times) / times for _ in range(7))
        print(f"time {words}: {rounds[3]:.6f}", flush=True)
