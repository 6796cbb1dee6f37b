package anneal.kernel.cpu;

/** Which way a convolution is computed, where there is a choice. */
public enum ConvAlgorithm {
    /** The faster one by the rule of {@link WinogradProduct#pays}, which looks at the shape of one image only. */
    AUTO,
    /** A multiplication for every tap. */
    DIRECT,
    /** Winograd's F(2x2, 3x3) wherever it is possible. */
    WINOGRAD_F2
}
