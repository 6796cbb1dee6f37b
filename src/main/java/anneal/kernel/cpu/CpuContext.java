package anneal.kernel.cpu;

/** What every kernel of one device shares: memory for intermediate results, threads and inner loops. */
record CpuContext(BlockPool memory, ThreadPool threads, Lanes lanes) {
}
