package anneal.model;

import anneal.kernel.Activation;
import anneal.nn.AttentionPool2d;
import anneal.nn.GroupNorm;
import anneal.nn.Linear;
import anneal.nn.Module;
import anneal.tensor.Concat;
import anneal.tensor.Tensor;
import java.util.List;

/** The end of a noisy classifier, one for each {@link Pooling}. */
abstract sealed class PoolingHead extends Module {
    /** Width between the two linear layers of the spatial heads. */
    private static final int HIDDEN = 2048;

    /**
     * What the last linear layer is given.
     *
     * @param maps results of every input block, each [N, H, W, C]
     * @param h    result of the middle block
     * @return [N, width]
     */
    abstract Tensor features(List<Tensor> maps, Tensor h);

    /**
     * The last linear layer.
     *
     * @return logits [N, numClasses]
     */
    abstract Tensor classify(Tensor features);

    static PoolingHead of(ClassifierConfig config, Trunk trunk) {
        int classes = config.numClasses();
        int channels = trunk.channels();
        return switch (config.pool()) {
            case ADAPTIVE -> new Adaptive(channels, classes);
            case MEAN -> new Mean(channels, classes);
            case ATTENTION -> {
                int side = config.trunk().imageSize() >> (config.trunk().levels() - 1);
                yield new Attending(side, channels, config.trunk().numHeadChannels(), classes);
            }
            case SPATIAL, SPATIAL_V2 -> {
                int width = trunk.blockChannels().stream().mapToInt(Integer::intValue).sum() + channels;
                yield config.pool() == Pooling.SPATIAL ? new Spatial(width, classes) : new SpatialV2(width, classes);
            }
        };
    }

    private static final class Adaptive extends PoolingHead {
        private final GroupNorm norm;
        private final Linear linear;

        Adaptive(int channels, int classes) {
            norm = child("0", new GroupNorm(channels));
            linear = child("3", Linear.zeroConv1x1(channels, classes));
        }

        @Override
        Tensor features(List<Tensor> maps, Tensor h) {
            return scoped(in -> norm.forward(in[0], Activation.SILU, null).mean(false, 1, 2), h);
        }

        @Override
        Tensor classify(Tensor features) {
            return linear.forward(features);
        }
    }

    private static final class Mean extends PoolingHead {
        private final Linear linear;

        Mean(int channels, int classes) {
            linear = child("0", new Linear(channels, classes));
        }

        @Override
        Tensor features(List<Tensor> maps, Tensor h) {
            return scoped(in -> in[0].silu().mean(false, 1, 2), h);
        }

        @Override
        Tensor classify(Tensor features) {
            return linear.forward(features);
        }
    }

    private static final class Attending extends PoolingHead {
        private final GroupNorm norm;
        private final AttentionPool2d pool;

        Attending(int side, int channels, int headChannels, int classes) {
            norm = child("0", new GroupNorm(channels));
            pool = child("2", new AttentionPool2d(side, channels, headChannels, classes));
        }

        @Override
        Tensor features(List<Tensor> maps, Tensor h) {
            return scoped(in -> pool.pooled(norm.forward(in[0], Activation.SILU, null)), h);
        }

        @Override
        Tensor classify(Tensor features) {
            return pool.project(features);
        }
    }

    private static final class Spatial extends PoolingHead {
        private final Linear first;
        private final Linear second;

        Spatial(int width, int classes) {
            first = child("0", new Linear(width, HIDDEN));
            second = child("2", new Linear(HIDDEN, classes));
        }

        @Override
        Tensor features(List<Tensor> maps, Tensor h) {
            return scoped(in -> first.forward(means(in)).relu(), withLast(maps, h));
        }

        @Override
        Tensor classify(Tensor features) {
            return second.forward(features);
        }
    }

    private static final class SpatialV2 extends PoolingHead {
        private final Linear first;
        private final GroupNorm norm;
        private final Linear second;

        SpatialV2(int width, int classes) {
            first = child("0", new Linear(width, HIDDEN));
            norm = child("1", new GroupNorm(HIDDEN));
            second = child("3", new Linear(HIDDEN, classes));
        }

        @Override
        Tensor features(List<Tensor> maps, Tensor h) {
            return scoped(in -> {
                var hidden = first.forward(means(in)).reshape(h.dim(0), 1, 1, HIDDEN);
                return norm.forward(hidden, Activation.SILU, null).reshape(h.dim(0), HIDDEN);
            }, withLast(maps, h));
        }

        @Override
        Tensor classify(Tensor features) {
            return second.forward(features);
        }
    }

    private static Tensor[] withLast(List<Tensor> maps, Tensor h) {
        var all = maps.toArray(new Tensor[maps.size() + 1]);
        all[maps.size()] = h;
        return all;
    }

    /** Means over the pixels, [N, all channels]. */
    private static Tensor means(Tensor[] maps) {
        var means = new Tensor[maps.length];
        for (int i = 0; i < maps.length; i++) {
            means[i] = maps[i].mean(false, 1, 2);
        }
        return Concat.concat(1, means);
    }
}
