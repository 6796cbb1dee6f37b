#!/usr/bin/env python3
"""PyTorch beside Anneal: reads a request a line on standard input, answers each with a line of JSON.

    {"do": "hello"}                                       versions, threads, whether torch.compile can work
    {"do": "prepare", "spec": {...}, "inputs": FILE}      builds an item
    {"do": "results", "file": FILE}                       computes what both sides compare and writes it
    {"do": "choose", "seconds": S, "compile": BOOL}       tries each way to compute the item for S seconds (compiled
                                                          ones too, or not) and keeps the fastest
    {"do": "run", "reps": N}                              seconds of each of N calls
    {"do": "memory"}                                      peak resident bytes of this process
    {"do": "quit"}

An answer has "error" when a request failed. float32, channels last, as many threads as --threads says.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import sys
import time
import traceback

import torch
import torch._functorch.config

import items
import tensor_file


class Peer:
    def __init__(self):
        self.item, self.call = None, None

    def hello(self, request):
        return {"torch": torch.__version__, "python": platform.python_version(), "threads": torch.get_num_threads(),
                "capability": torch.backends.cpu.get_cpu_capability(), "compiler": compiler(), "pid": os.getpid()}

    def prepare(self, request):
        self.item = self.call = None
        torch._dynamo.reset()
        spec = request["spec"]
        self.item = items.KINDS[spec["kind"]](spec, tensor_file.read(request["inputs"]))
        return {"parameters": self.item.parameters}

    def results(self, request):
        tensor_file.write(request["file"], {name: t.detach() for name, t in self.item.results().items()})
        return {}

    def choose(self, request):
        """Times every candidate and keeps the fastest; a lambda named compile is built first."""
        speeds, notes, calls = {}, {}, {}
        for name, candidate in self.item.candidates.items():
            if name == "compile":
                if not request["compile"]:
                    continue
                try:
                    candidate = candidate()
                    candidate()
                except Exception as e:  # no compiler, or inductor cannot do it: then eager is PyTorch's best
                    traceback.print_exc()
                    notes[name] = str(e).strip().splitlines()[0][:200]
                    continue
            calls[name] = candidate
            speeds[name] = median_seconds(candidate, request["seconds"])
        best = min(speeds, key=speeds.get)
        self.call = calls[best]
        self.item.candidates = {best: self.call}
        return {"variant": best, "seconds": speeds, "failed": notes}

    def run(self, request):
        return {"seconds": timed(self.call, request["reps"])}

    def memory(self, request):
        return {"peakBytes": peak_bytes()}


def peak_bytes():
    """On Linux not from getrusage, whose figure a child inherits from the process that started it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def compiler():
    """The C++ compiler that torch.compile would call, or None."""
    named = os.environ.get("CXX")
    return next((c for c in ([named] if named else ["g++", "clang++", "c++"]) if shutil.which(c)), None)


def timed(call, reps):
    seconds = []
    for _ in range(reps):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return seconds


def median_seconds(call, budget):
    call()
    seconds, start = [], time.perf_counter()
    while len(seconds) < 3 or time.perf_counter() - start < budget:
        seconds += timed(call, 1)
    return statistics.median(seconds)


def own_output():
    """Standard output for the answers alone: what torch.compile and its compiler print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def serve(peer, requests, answers):
    for line in requests:
        request = json.loads(line)
        if request["do"] == "quit":
            return
        try:
            answer = getattr(peer, request["do"])(request)
        except Exception as e:
            traceback.print_exc()
            answer = {"error": f"{type(e).__name__}: {str(e).strip().splitlines()[0] if str(e).strip() else ''}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main():
    parser = argparse.ArgumentParser(description="PyTorch's side of Anneal's benchmarks; see the top of this file.")
    parser.add_argument("--threads", type=int, required=True)
    torch.set_num_threads(parser.parse_args().threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(0)
    torch._functorch.config.donated_buffer = False  # a backward pass is timed many times over one graph
    serve(Peer(), sys.stdin, own_output())


if __name__ == "__main__":
    main()
