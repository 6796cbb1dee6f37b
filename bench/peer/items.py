"""What can be timed: each function takes a spec and its inputs and returns an Item. Images come and go as NHWC."""

import torch
from torch import nn
from torch.nn import functional as F

import network
import training

COMPILED = {"mode": "default"}
FROZEN = {"options": {"freezing": True}}


class Item:
    """
    candidates: by name, ways to compute the same thing, called without arguments
    results:    computes what is compared with the other side, by name; leaves the state as it was
    parameters: of a network, else None
    """

    def __init__(self, candidates, results, parameters=None):
        self.candidates, self.results, self.parameters = candidates, results, parameters


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


def gemm(spec, x):
    a = x["a"].t() if spec["transA"] else x["a"]
    b = x["b"].t() if spec["transB"] else x["b"]
    out = torch.empty(spec["m"], spec["n"])
    eager = inference(lambda: torch.mm(a, b, out=out))
    return Item({"eager": eager}, lambda: {"out": torch.mm(a, b)})


def conv(spec, x):
    pixels, weight, gradient = image(x["x"]), image(x["w"]), image(x["g"])
    stride, padding = spec["stride"], spec["kernel"] // 2
    if spec["mode"] == "FORWARD":
        layer = nn.Conv2d(spec["inC"], spec["outC"], spec["kernel"], stride, padding, bias=False)
        layer.weight = nn.Parameter(weight, requires_grad=False)
        layer.eval()

        def frozen():
            run = compiled(layer, **FROZEN)

            def call():
                with torch.no_grad():
                    return run(pixels)
            return call
        return Item({"eager": inference(lambda: layer(pixels)), "compile": frozen},
                    lambda: {"out": plain(layer(pixels))})
    data = spec["mode"] == "DATA_GRADIENT"

    def backward():
        return torch.ops.aten.convolution_backward(gradient, pixels, weight, None, [stride] * 2, [padding] * 2, [1, 1],
                                                   False, [0, 0], 1, [data, not data, False])[0 if data else 1]
    return Item({"eager": inference(backward)}, lambda: {"out": plain(backward())})


def norm(spec, x):
    pixels = image(x["x"])
    leaves = [pixels, x["gamma"], x["beta"], x["scale"], x["shift"]]

    def f(pixels, gamma, beta, scale, shift):
        h = F.group_norm(pixels, spec["groups"], gamma, beta, spec["eps"])
        return F.silu(h * (1 + scale[:, :, None, None]) + shift[:, :, None, None])
    if not spec["backward"]:
        return Item({"eager": inference(lambda: f(*leaves)), "compile": lambda: closed_over(compiled(f), leaves)},
                    lambda: {"out": plain(f(*leaves))})
    gradient = image(x["g"])
    leaves = [leaf.detach().requires_grad_() for leaf in leaves]
    names = ["dx", "dGamma", "dBeta", "dScale", "dShift"]

    def results():
        grads = dict(zip(names, torch.autograd.grad(f(*leaves), leaves, gradient)))
        return {**grads, "dx": plain(grads["dx"])}
    return Item({"eager": backward_of(f, leaves, gradient)(),
                 "compile": backward_of(lambda *a: compiled(f)(*a), leaves, gradient)}, results)


def attention(spec, x):
    qkv, heads = x["qkv"], spec["heads"]

    def flash(packed):
        return network.self_attention(packed, heads, True)

    def explicit(packed):
        q, k, v = network.heads_of(packed, heads, True)
        weights = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, dim=-1)
        return (weights @ v).transpose(1, 2).reshape(packed.shape[0], packed.shape[1], -1)
    if not spec["backward"]:
        return Item({"eager": inference(lambda: flash(qkv)), "explicit": inference(lambda: explicit(qkv)),
                     "compile": lambda: closed_over(compiled(flash), [qkv])}, lambda: {"out": flash(qkv)})
    leaf, gradient = qkv.detach().requires_grad_(), x["g"]
    return Item({"eager": backward_of(flash, [leaf], gradient)(), "explicit": backward_of(explicit, [leaf], gradient)(),
                 "compile": backward_of(lambda *a: compiled(flash)(*a), [leaf], gradient)},
                lambda: {"out": torch.autograd.grad(flash(leaf), [leaf], gradient)[0]})


def closed_over(f, arguments):
    return inference(lambda: f(*arguments))


def backward_of(f, leaves, gradient):
    """A maker of the backward pass alone, over a graph that is built once."""
    def make():
        out = f(*leaves)
        return lambda: torch.autograd.grad(out, leaves, gradient, retain_graph=True)
    return make


def unet(spec, x):
    model = network.UNet(spec["config"])
    model.load_state_dict({name.removeprefix("weight."): w for name, w in x.items() if name.startswith("weight.")})
    model = model.to(memory_format=torch.channels_last)
    count = sum(p.numel() for p in model.parameters())
    pixels, t, y = image(x["x"]), x["t"].long(), x.get("y")
    y = y.long() if y is not None else None
    if spec["train"]:
        return training_step(spec, model, pixels, t, y, x, count)
    model.eval().requires_grad_(False)
    time = t.float()

    def frozen():
        run = compiled(model, **FROZEN)

        def call():
            with torch.no_grad():
                return run(pixels, time, y)
        return call
    return Item({"eager": inference(lambda: model(pixels, time, y)), "compile": frozen},
                lambda: {"out": plain(model(pixels, time, y))}, count)


def training_step(spec, model, pixels, t, y, x, count):
    process, noise, learned = training.Process(x["betas"]), image(x["noise"]), spec["config"]["learnedVariance"]

    def loss():
        return training.losses(model, process, pixels, t, noise, y, learned)

    def results():
        value = loss()
        grads = torch.autograd.grad(value.mean(), list(model.parameters()))
        return {"loss": value, **{"grad." + name: g for (name, _), g in zip(model.named_parameters(), grads)}}
    return Item({"eager": training.Step(model, loss, spec["optimizer"]),
                 "compile": lambda: training.Step(model, compiled(loss), spec["optimizer"])}, results, count)


KINDS = {"gemm": gemm, "conv": conv, "norm": norm, "attention": attention, "unet": unet}
