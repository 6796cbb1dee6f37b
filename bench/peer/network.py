"""The ADM UNet in torch.nn, channels last, built from the JSON of anneal.model.UNetConfig.

Parameters have guided-diffusion's names, so that one state dict fits both sides. Written for speed where PyTorch gives
a choice: attention is scaled_dot_product_attention on views of a packed projection, nothing is permuted in memory.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

GROUPS = 32


class Options:
    """What every block of a network has in common."""

    def __init__(self, trunk):
        self.width = 4 * trunk["modelChannels"]
        self.adaptive = trunk["useScaleShiftNorm"]
        self.factor = math.sqrt(0.5) if trunk["rescaleResidual"] else None
        self.dropout = trunk["dropout"]
        self.checkpoint = trunk["useCheckpoint"]
        self.qkv_major = trunk["useNewAttentionOrder"]

    def joined(self, x, h):
        return x + h if self.factor is None else (x + h) * self.factor

    def run(self, block, *inputs):
        if self.checkpoint and torch.is_grad_enabled():
            return checkpoint(block, *inputs, use_reentrant=False)
        return block(*inputs)


def resized(x, how):
    if how == "up":
        return F.interpolate(x, scale_factor=2, mode="nearest")
    return F.avg_pool2d(x, 2) if how == "down" else x


class ResBlock(nn.Module):
    def __init__(self, inside, outside, options, how=None):
        super().__init__()
        self.options, self.how = options, how
        self.in_layers = nn.Sequential(nn.GroupNorm(GROUPS, inside), nn.SiLU(),
                                       nn.Conv2d(inside, outside, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.Identity(),
                                        nn.Linear(options.width, (2 if options.adaptive else 1) * outside))
        self.out_layers = nn.Sequential(nn.GroupNorm(GROUPS, outside), nn.SiLU(), nn.Dropout(options.dropout),
                                        nn.Conv2d(outside, outside, 3, padding=1))
        self.skip_connection = nn.Identity() if inside == outside else nn.Conv2d(inside, outside, 1)

    def forward(self, x, embedding):
        return self.options.run(self._block, x, embedding)

    def _block(self, x, embedding):
        norm, act, conv = self.in_layers
        h = conv(resized(act(norm(x)), self.how))
        e = self.emb_layers(embedding)[:, :, None, None]
        norm, act, dropout, conv = self.out_layers
        if self.options.adaptive:
            scale, shift = e.chunk(2, dim=1)
            h = norm(h) * (1 + scale) + shift
        else:
            h = norm(h + e)
        return self.options.joined(self.skip_connection(resized(x, self.how)), conv(dropout(act(h))))


class AttentionBlock(nn.Module):
    def __init__(self, channels, heads, options):
        super().__init__()
        self.heads, self.options = heads, options
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, x, embedding):
        return self.options.run(self._block, x)

    def _block(self, x):
        n, c, height, width = x.shape
        tokens = self.norm(x).permute(0, 2, 3, 1).reshape(n, height * width, c)
        mixed = self_attention(F.linear(tokens, self.qkv.weight.squeeze(-1), self.qkv.bias), self.heads,
                               self.options.qkv_major)
        out = F.linear(mixed, self.proj_out.weight.squeeze(-1), self.proj_out.bias)
        return self.options.joined(x, out.reshape(n, height, width, c).permute(0, 3, 1, 2))


def heads_of(packed, heads, qkv_major):
    """Views q, k, v of shape [n, heads, length, d] of a packed [n, length, 3 heads d]."""
    n, length, channels = packed.shape
    d = channels // (3 * heads)
    if qkv_major:
        return packed.view(n, length, 3, heads, d).permute(2, 0, 3, 1, 4).unbind(0)
    return packed.view(n, length, heads, 3, d).permute(3, 0, 2, 1, 4).unbind(0)


def self_attention(packed, heads, qkv_major):
    q, k, v = heads_of(packed, heads, qkv_major)
    mixed = F.scaled_dot_product_attention(q, k, v)
    return mixed.transpose(1, 2).reshape(packed.shape[0], packed.shape[1], -1)


class Downsample(nn.Module):
    def __init__(self, channels, learned):
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1) if learned else nn.AvgPool2d(2)

    def forward(self, x, embedding):
        return self.op(x)


class Upsample(nn.Module):
    def __init__(self, channels, learned):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1) if learned else nn.Identity()

    def forward(self, x, embedding):
        return self.conv(resized(x, "up"))


class InputConv(nn.Conv2d):
    def forward(self, x, embedding):
        return super().forward(x)


class Blocks(nn.Sequential):
    def forward(self, x, embedding):
        for block in self:
            x = block(x, embedding)
        return x


class UNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        trunk = config["trunk"]
        self.trunk, self.options = trunk, Options(trunk)
        channels = [int(mult * trunk["modelChannels"]) for mult in trunk["channelMult"]]
        heads_up = trunk["numHeads"] if config["numHeadsUpsample"] == -1 else config["numHeadsUpsample"]
        labels = config["numClasses"] + config["nullClass"]
        width = self.options.width
        self.time_embed = nn.Sequential(nn.Linear(trunk["modelChannels"], width), nn.SiLU(), nn.Linear(width, width))
        self.label_emb = nn.Embedding(labels, width) if labels else None
        self.input_blocks = nn.ModuleList([Blocks(InputConv(trunk["inChannels"], channels[0], 3, padding=1))])
        now, skips = channels[0], [channels[0]]
        for level, wide in enumerate(channels):
            for _ in range(trunk["numResBlocks"]):
                self.input_blocks.append(self._blocks(now, wide, level, trunk["numHeads"]))
                now = wide
                skips.append(now)
            if level < len(channels) - 1:
                self.input_blocks.append(Blocks(self._change(now, "down")))
                skips.append(now)
        self.middle_block = Blocks(ResBlock(now, now, self.options), self._attention(now, trunk["numHeads"]),
                                   ResBlock(now, now, self.options))
        self.output_blocks = nn.ModuleList()
        for level, wide in reversed(list(enumerate(channels))):
            for i in range(trunk["numResBlocks"] + 1):
                blocks = self._blocks(now + skips.pop(), wide, level, heads_up)
                now = wide
                if level > 0 and i == trunk["numResBlocks"]:
                    blocks.append(self._change(now, "up"))
                self.output_blocks.append(blocks)
        outside = config["outChannels"] * (2 if config["learnedVariance"] else 1)
        self.out = nn.Sequential(nn.GroupNorm(GROUPS, now), nn.SiLU(), nn.Conv2d(now, outside, 3, padding=1))
        half = trunk["modelChannels"] // 2
        frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float64) / half)
        self.register_buffer("frequency", frequencies.float(), persistent=False)

    def _blocks(self, inside, outside, level, heads):
        blocks = Blocks(ResBlock(inside, outside, self.options))
        if 1 << level in self.trunk["attentionResolutions"]:
            blocks.append(self._attention(outside, heads))
        return blocks

    def _attention(self, channels, heads):
        each = self.trunk["numHeadChannels"]
        return AttentionBlock(channels, heads if each == -1 else channels // each, self.options)

    def _change(self, channels, how):
        if self.trunk["resblockUpdown"]:
            return ResBlock(channels, channels, self.options, how)
        return (Upsample if how == "up" else Downsample)(channels, self.trunk["convResample"])

    def forward(self, x, t, y=None):
        angles = t[:, None] * self.frequency
        waves = F.pad(torch.cat([angles.cos(), angles.sin()], dim=1), (0, self.trunk["modelChannels"] % 2))
        e = self.time_embed(waves.to(self.time_embed[0].weight.dtype))
        # Every residual block takes SiLU of the embedding: once is enough.
        e = F.silu(e if self.label_emb is None else e + self.label_emb(y))
        skips = []
        for block in self.input_blocks:
            x = block(x, e)
            skips.append(x)
        x = self.middle_block(x, e)
        for block in self.output_blocks:
            x = block(torch.cat([x, skips.pop()], dim=1), e)
        return self.out(x)
