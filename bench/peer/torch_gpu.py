#!/usr/bin/env python3
"""PyTorch on a GPU beside Anneal: the line protocol of torch_peer.py with these requests.

    {"do": "hello"}                                        versions and the device
    {"do": "prepare", "spec": {...}, "recipes": [...]}     builds an item from numbers that both sides make
    {"do": "measure", "variant": NAME, "file": FILE, "seconds": S, "least": N}
                    computes the item in one way, writes a sample of what came out, and times it: milliseconds of each
                    call, measured by the device's events, with its caches flushed before every call
    {"do": "release"}                                      gives the item's memory back
    {"do": "quit"}

Everything is stored in bfloat16, but for a training step, which is float32 under autocast. On a CPU the clock is the
processor's and nothing is flushed: for a look at whether it all works.
"""

import argparse
import gc
import os
import platform
import sys
import time

import torch
import torch._functorch.config

import items
import recipes
import tensor_file
import torch_peer

FLUSHED_BYTES = 512 << 20
WARM_CALLS = 2
MOST_CALLS = 100
SAMPLED = 1 << 16


class GpuPeer:
    def __init__(self, device):
        self.device, self.item = device, None
        self.on_gpu = device == "cuda"
        self.flushed = torch.empty(FLUSHED_BYTES, dtype=torch.int8, device=device) if self.on_gpu else None

    def hello(self, request):
        name = torch.cuda.get_device_name() if self.on_gpu else "cpu"
        return {"torch": torch.__version__, "python": platform.python_version(), "cuda": torch.version.cuda,
                "cudnn": torch.backends.cudnn.version(), "device": name, "pid": os.getpid()}

    def release(self, request):
        self.item = None
        torch._dynamo.reset()
        gc.collect()
        if self.on_gpu:
            torch.cuda.empty_cache()
        return {}

    def prepare(self, request):
        self.release(request)
        spec = request["spec"]
        inputs = {r["name"]: recipes.make(r, self.device, True) for r in request["recipes"]}
        if not spec.get("train"):
            inputs = {name: t.bfloat16() if t.dtype == torch.float32 else t for name, t in inputs.items()}
        self.item = items.KINDS[spec["kind"]](spec, inputs)
        return {"parameters": self.item.parameters}

    def measure(self, request):
        start = time.perf_counter()
        call, results = self.item.variant(request["variant"])
        tensor_file.write(request["file"], {name: sampled(t) for name, t in results().items()})
        for _ in range(WARM_CALLS):
            call()
        self.wait()
        built = time.perf_counter() - start
        begin, milliseconds = time.perf_counter(), []
        while len(milliseconds) < request["least"] or (
                len(milliseconds) < MOST_CALLS and time.perf_counter() - begin < request["seconds"]):
            milliseconds.append(self.timed(call))
        return {"ms": milliseconds, "builtSeconds": built}

    def wait(self):
        if self.on_gpu:
            torch.cuda.synchronize()

    def timed(self, call):
        if not self.on_gpu:
            start = time.perf_counter()
            call()
            return (time.perf_counter() - start) * 1e3
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        self.flushed.zero_()
        begin.record()
        call()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)


def sampled(tensor):
    """Every so many elements: anneal.bench.gpu.Samples takes the same."""
    flat = tensor.detach().float().contiguous().reshape(-1)
    return flat[::max(1, flat.numel() // SAMPLED) | 1].cpu()


def main():
    parser = argparse.ArgumentParser(description="PyTorch's side of Anneal's GPU benchmark; see the top of this file.")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    device = parser.parse_args().device
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("this PyTorch sees no GPU")
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch._functorch.config.donated_buffer = False  # a backward pass is timed many times over one graph
    torch_peer.serve(GpuPeer(device), sys.stdin, torch_peer.own_output())


if __name__ == "__main__":
    main()
