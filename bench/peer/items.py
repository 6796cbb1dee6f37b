"""What can be timed: each function takes a spec and its inputs and returns an Item. Images come and go as NHWC."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

import network
import training

COMPILED = {"mode": "default"}
FROZEN = {"options": {"freezing": True}}


class Item:
    """
    candidates: by name, ways to compute the same thing, called without arguments; a name that begins with "compile" is
                a maker of one
    named:      what such a way computes, by name, for the comparison with the other side; leaves the state as it was
    parameters: of a network, else None
    """

    def __init__(self, candidates, named, parameters=None):
        self.candidates, self.named, self.parameters = candidates, named, parameters

    def results(self):
        return self.named(self.candidates["eager"])

    def variant(self, name):
        """One way, ready to be called, and what computes its results."""
        call = self.candidates[name]
        call = call() if name.startswith("compile") else call
        return call, lambda: self.named(call)


def image(nhwc):
    """NHWC memory as a channels-last NCHW tensor."""
    return nhwc.permute(0, 3, 1, 2)


def plain(nchw):
    return nchw.permute(0, 2, 3, 1)


def inference(f):
    def run():
        with torch.inference_mode():
            return f()
    return run


def compiled(f, **options):
    return torch.compile(f, dynamic=False, fullgraph=False, **options)


def frozen(module, *inputs):
    """torch.compile's best for an evaluation: on a processor with weights folded in."""
    return evaluating(compiled(module, **(FROZEN if inputs[0].device.type == "cpu" else COMPILED)), *inputs)


def evaluating(run, *inputs):
    def call():
        with torch.no_grad():
            return run(*inputs)
    return call


def gemm(spec, x):
    a = x["a"].t() if spec["transA"] else x["a"]
    b = x["b"].t() if spec["transB"] else x["b"]
    out = torch.empty(spec["m"], spec["n"], dtype=a.dtype, device=a.device)
    return Item({"eager": inference(lambda: torch.mm(a, b, out=out))}, lambda call: {"out": call()})


def conv(spec, x):
    pixels, weight, gradient = image(x["x"]), image(x["w"]), image(x["g"])
    stride, padding = spec["stride"], spec["kernel"] // 2
    if spec["mode"] == "FORWARD":
        layer = nn.Conv2d(spec["inC"], spec["outC"], spec["kernel"], stride, padding, bias=False)
        layer.weight = nn.Parameter(weight, requires_grad=False)
        layer.eval()
        return Item({"eager": inference(lambda: layer(pixels)), "compile": lambda: frozen(layer, pixels)},
                    lambda call: {"out": plain(call())})
    data = spec["mode"] == "DATA_GRADIENT"

    def backward():
        return torch.ops.aten.convolution_backward(gradient, pixels, weight, None, [stride] * 2, [padding] * 2, [1, 1],
                                                   False, [0, 0], 1, [data, not data, False])[0 if data else 1]
    return Item({"eager": inference(backward)}, lambda call: {"out": plain(call())})


def norm(spec, x):
    pixels = image(x["x"])
    leaves = [pixels, x["gamma"], x["beta"], x["scale"], x["shift"]]

    def f(pixels, gamma, beta, scale, shift):
        h = F.group_norm(pixels, spec["groups"], gamma, beta, spec["eps"])
        return F.silu(h * (1 + scale[:, :, None, None]) + shift[:, :, None, None])
    if not spec["backward"]:
        return Item({"eager": inference(lambda: f(*leaves)), "compile": lambda: closed_over(compiled(f), leaves)},
                    lambda call: {"out": plain(call())})
    gradient = image(x["g"])
    leaves = [leaf.detach().requires_grad_() for leaf in leaves]
    names = ["dx", "dGamma", "dBeta", "dScale", "dShift"]

    def named(call):
        grads = dict(zip(names, call()))
        return {**grads, "dx": plain(grads["dx"])}
    return Item({"eager": backward_of(f, leaves, gradient)(), "compile": backward_of(compiled(f), leaves, gradient)},
                named)


def attention(spec, x):
    qkv, heads = x["qkv"], spec["heads"]

    def fused(packed):
        return network.self_attention(packed, heads, True)

    def explicit(packed):
        q, k, v = network.heads_of(packed, heads, True)
        weights = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, dim=-1)
        return (weights @ v).transpose(1, 2).reshape(packed.shape[0], packed.shape[1], -1)

    def only(backend):
        def restricted(packed):
            with sdpa_kernel(backend):
                return fused(packed)
        return restricted
    ways = {"eager": fused, "explicit": explicit}
    if qkv.is_cuda:
        ways = {"eager": fused, "cudnn": only(SDPBackend.CUDNN_ATTENTION), "flash": only(SDPBackend.FLASH_ATTENTION)}
    if not spec["backward"]:
        calls = {name: inference(lambda f=f: f(qkv)) for name, f in ways.items()}
        return Item({**calls, "compile": lambda: closed_over(compiled(fused), [qkv])}, lambda call: {"out": call()})
    leaf, gradient = qkv.detach().requires_grad_(), x["g"]
    calls = {name: later(backward_of(f, [leaf], gradient)) for name, f in ways.items()}
    return Item({**calls, "compile": backward_of(compiled(fused), [leaf], gradient)}, lambda call: {"out": call()[0]})


def closed_over(f, arguments):
    return inference(lambda: f(*arguments))


def backward_of(f, leaves, gradient):
    """A maker of the backward pass alone, over a graph that is built once."""
    def make():
        out = f(*leaves)
        return lambda: torch.autograd.grad(out, leaves, gradient, retain_graph=True)
    return make


def later(make):
    """A call that is made when it is called first: not every way can compute everything."""
    made = []

    def call():
        if not made:
            made.append(make())
        return made[0]()
    return call


def unet(spec, x):
    device = x["x"].device
    with torch.device(device):
        model = network.UNet(spec["config"])
    weights = {name.removeprefix("weight."): w for name, w in x.items() if name.startswith("weight.")}
    model.load_state_dict(weights)
    model = model.to(memory_format=torch.channels_last)
    count = sum(p.numel() for p in model.parameters())
    pixels, t, y = image(x["x"]), x["t"].long(), x.get("y")
    y = y.long() if y is not None else None
    if spec["train"]:
        return training_step(spec, model, weights, pixels, t, y, x, count)
    frequency = model.frequency
    model = model.to(pixels.dtype).eval().requires_grad_(False)
    model.frequency = frequency  # the waves of the timesteps stay float32
    time = t.float()
    ways = {"eager": inference(lambda: model(pixels, time, y)), "compile": lambda: frozen(model, pixels, time, y)}
    if pixels.is_cuda:
        ways["compile-graphs"] = lambda: evaluating(compiled(model, mode="reduce-overhead"), pixels, time, y)
    return Item(ways, lambda call: {"out": plain(call())}, count)


def training_step(spec, model, weights, pixels, t, y, x, count):
    process, noise, learned = training.Process(x["betas"]), image(x["noise"]), spec["config"]["learnedVariance"]

    def mixed(*inputs):
        with torch.autocast(pixels.device.type, dtype=torch.bfloat16):
            return model(*inputs).float()

    def loss():
        return training.losses(mixed if spec.get("autocast") else model, process, pixels, t, noise, y, learned)

    def named(step):
        model.load_state_dict(weights)  # another way may have taken steps
        value = step.loss()
        grads = torch.autograd.grad(value.mean(), list(model.parameters()))
        return {"loss": value, **{"grad." + name: g for (name, _), g in zip(model.named_parameters(), grads)}}
    return Item({"eager": training.Step(model, loss, spec["optimizer"]),
                 "compile": lambda: training.Step(model, compiled(loss), spec["optimizer"])}, named, count)


KINDS = {"gemm": gemm, "conv": conv, "norm": norm, "attention": attention, "unet": unet}
