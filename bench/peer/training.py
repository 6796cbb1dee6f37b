"""The hybrid training loss of Improved DDPM (Nichol and Dhariwal 2021, section 3.1) and one optimiser step."""

import math

import torch


class Process:
    """Tables of a Gaussian diffusion process, float64 until the last moment."""

    def __init__(self, betas):
        alphas_cumprod = torch.cumprod(1 - betas, 0)
        before = torch.cat([torch.ones(1, dtype=betas.dtype, device=betas.device), alphas_cumprod[:-1]])
        variance = betas * (1 - before) / (1 - alphas_cumprod)
        self.steps = len(betas)
        self.tables = {name: table.float() for name, table in {
            "signal": alphas_cumprod.sqrt(),
            "noise": (1 - alphas_cumprod).sqrt(),
            "recip": (1 / alphas_cumprod).sqrt(),
            "recipm1": (1 / alphas_cumprod - 1).sqrt(),
            "mean_x0": betas * before.sqrt() / (1 - alphas_cumprod),
            "mean_xt": (1 - before) * (1 - betas).sqrt() / (1 - alphas_cumprod),
            "log_low": torch.cat([variance[1:2], variance[1:]]).log(),
            "log_high": betas.log(),
        }.items()}

    def at(self, name, t):
        return self.tables[name][t][:, None, None, None]


def losses(model, process, x0, t, noise, y, learned):
    """Loss of each sample, [N]."""
    xt = process.at("signal", t) * x0 + process.at("noise", t) * noise
    out = model(xt, t.float(), y)
    if not learned:
        return (noise - out).square().mean(dim=(1, 2, 3))
    epsilon, fraction = out.chunk(2, dim=1)
    mse = (noise - epsilon).square().mean(dim=(1, 2, 3))
    return mse + process.steps / 1000 * bound(process, x0, xt, t, epsilon.detach(), fraction)


def bound(process, x0, xt, t, epsilon, fraction):
    """The bound's term in bits a dimension; through the mean no gradient flows."""
    low, high = process.at("log_low", t), process.at("log_high", t)
    log_variance = low + (fraction + 1) / 2 * (high - low)
    predicted = process.at("recip", t) * xt - process.at("recipm1", t) * epsilon
    mean = process.at("mean_x0", t) * predicted + process.at("mean_xt", t) * xt
    truth = process.at("mean_x0", t) * x0 + process.at("mean_xt", t) * xt
    kl = 0.5 * (log_variance - low - 1 + (low - log_variance).exp() + (truth - mean).square() * (-log_variance).exp())
    decoder = -log_likelihood(x0, mean, 0.5 * log_variance)
    first = (t == 0).float()[:, None, None, None]
    return (first * decoder + (1 - first) * kl).mean(dim=(1, 2, 3)) / math.log(2)


def log_likelihood(x, mean, log_scale):
    """Of 8-bit values in -1..1 under a normal distribution, each with the mass of its own interval."""
    def cdf(z):
        return 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z ** 3)))

    precision = torch.exp(-log_scale)
    upper = cdf(precision * (x - mean + 1 / 255))
    lower = cdf(precision * (x - mean - 1 / 255))
    mass = torch.where(x < -0.999, upper, torch.where(x > 0.999, 1 - lower, upper - lower))
    return mass.clamp(min=1e-12).log()


class Step:
    """AdamW (the fused one), clipping by the gradient's norm and one moving average of the weights."""

    def __init__(self, model, loss, settings):
        self.loss, self.settings = loss, settings
        self.parameters = list(model.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=settings["learningRate"],
                                           weight_decay=settings["weightDecay"], fused=True)

    def __call__(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.mean().backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, self.settings["maxGradientNorm"], foreach=True)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, [p.detach() for p in self.parameters], 1 - self.settings["emaRate"])
