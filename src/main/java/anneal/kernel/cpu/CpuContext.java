package anneal.kernel.cpu;

import anneal.kernel.ConvAlgorithm;

/** What every kernel of one device shares: memory for intermediate results, threads, inner loops and choices. */
record CpuContext(BlockPool memory, ThreadPool threads, Lanes lanes, ConvAlgorithm convolution,
                  PreparedWeights prepared) {
    CpuContext(BlockPool memory, ThreadPool threads, Lanes lanes, ConvAlgorithm convolution) {
        this(memory, threads, lanes, convolution, new PreparedWeights(memory));
    }

    CpuContext(BlockPool memory, ThreadPool threads, Lanes lanes) {
        this(memory, threads, lanes, ConvAlgorithm.AUTO);
    }
}
