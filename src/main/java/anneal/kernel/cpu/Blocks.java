package anneal.kernel.cpu;

import anneal.kernel.NormSpec;

/** Images cut into blocks of {@link NormLanes#PIXELS} pixels, and their channels into strips, by shape alone. */
final class Blocks {
    private static final int CHANNELS = 128;

    private final NormSpec s;
    private final int area;
    private final int perSample;
    private final int strips;

    Blocks(NormSpec s) {
        this.s = s;
        area = s.h() * s.w();
        perSample = (area + NormLanes.PIXELS - 1) / NormLanes.PIXELS;
        strips = Math.max(1, s.channels() / CHANNELS);
    }

    /** What is done with channels {@code channel} to {@code channel + channels} - 1 of a block. */
    interface Body {
        /** @param first the block's first pixel within its sample */
        void run(int sample, int block, int first, int channel, int channels);
    }

    int perSample() {
        return perSample;
    }

    /** Pixels of a block. */
    int pixels(int block) {
        return Math.min(NormLanes.PIXELS, area - block * NormLanes.PIXELS);
    }

    void forEach(CpuContext cpu, Body body) {
        long elements = (long) Math.min(area, NormLanes.PIXELS) * Math.min(CHANNELS, s.channels());
        cpu.threads().ranges((long) s.n() * perSample * strips, NormKernel.grain(elements), (from, to, _) -> {
            for (long i = from; i < to; i++) {
                int strip = (int) (i % strips);
                int block = (int) (i / strips % perSample);
                int channel = strip * CHANNELS;
                int channels = strip == strips - 1 ? s.channels() - channel : CHANNELS;
                body.run((int) (i / strips / perSample), block, block * NormLanes.PIXELS, channel, channels);
            }
        });
    }
}
