package anneal.nn;

import anneal.kernel.Shape;

/**
 * How a parameter lies in a PyTorch checkpoint and how it lies here (channels last, convolution weights
 * [outC, kH, kW, inC]). Conversion in either direction happens once, on load and on save.
 */
public enum WeightLayout {
    /** The same in both: vectors, tables, and linear weights [out, in]. */
    PLAIN {
        @Override
        public int[] checkpointShape(Shape here) {
            return here.toArray();
        }
    },
    /** A convolution: there [O, I, kH, kW], here [O, kH, kW, I]. */
    CONV2D {
        @Override
        public int[] checkpointShape(Shape here) {
            return new int[] {here.dim(0), here.dim(3), here.dim(1), here.dim(2)};
        }
    },
    /** A one-dimensional convolution with one tap, which is a linear layer: there [O, I, 1], here [O, I]. */
    CONV1D {
        @Override
        public int[] checkpointShape(Shape here) {
            return new int[] {here.dim(0), here.dim(1), 1};
        }
    },
    /** A 1x1 convolution used as a linear layer: there [O, I, 1, 1], here [O, I]. */
    CONV1X1 {
        @Override
        public int[] checkpointShape(Shape here) {
            return new int[] {here.dim(0), here.dim(1), 1, 1};
        }
    },
    /** A kernel for each channel: there [C, 1, kH, kW], here [kH, kW, C]. */
    DEPTHWISE {
        @Override
        public int[] checkpointShape(Shape here) {
            return new int[] {here.dim(2), 1, here.dim(0), here.dim(1)};
        }
    },
    /** A number for each channel of an image: there [1, C, 1, 1], here [C]. */
    CHANNELS {
        @Override
        public int[] checkpointShape(Shape here) {
            return new int[] {1, here.dim(0), 1, 1};
        }
    },
    /** A table of positions: there [C, L], here [L, C]. */
    TRANSPOSED {
        @Override
        public int[] checkpointShape(Shape here) {
            return new int[] {here.dim(1), here.dim(0)};
        }
    };

    /** The checkpoint's shape of a parameter whose shape is {@code here} in our layout. */
    public abstract int[] checkpointShape(Shape here);

    /** A checkpoint's elements in our order; {@code here} is the shape in our layout. */
    public float[] fromCheckpoint(float[] there, Shape here) {
        var b = blocks(here);
        return b.stay() ? there : transposed(there, b.last, b.middle);
    }

    /** As {@link #fromCheckpoint(float[], Shape)}. */
    public double[] fromCheckpoint(double[] there, Shape here) {
        var b = blocks(here);
        return b.stay() ? there : transposed(there, b.last, b.middle);
    }

    /** Our elements in the checkpoint's order; {@code here} is the shape in our layout. */
    public float[] toCheckpoint(float[] values, Shape here) {
        var b = blocks(here);
        return b.stay() ? values : transposed(values, b.middle, b.last);
    }

    /** As {@link #toCheckpoint(float[], Shape)}. */
    public double[] toCheckpoint(double[] values, Shape here) {
        var b = blocks(here);
        return b.stay() ? values : transposed(values, b.middle, b.last);
    }

    /** Our layout as matrices [middle, last], of which the checkpoint holds the transposes. */
    private record Blocks(int middle, int last) {
        boolean stay() {
            return middle == 1 || last == 1;
        }
    }

    private Blocks blocks(Shape here) {
        return switch (this) {
            case CONV2D -> new Blocks(here.dim(1) * here.dim(2), here.dim(3));
            case DEPTHWISE -> new Blocks(here.dim(0) * here.dim(1), here.dim(2));
            case TRANSPOSED -> new Blocks(here.dim(0), here.dim(1));
            case PLAIN, CHANNELS, CONV1D, CONV1X1 -> new Blocks(1, 1);
        };
    }

    private static float[] transposed(float[] from, int rows, int columns) {
        var to = new float[from.length];
        for (int block = 0; block < from.length; block += rows * columns) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    to[block + c * rows + r] = from[block + r * columns + c];
                }
            }
        }
        return to;
    }

    private static double[] transposed(double[] from, int rows, int columns) {
        var to = new double[from.length];
        for (int block = 0; block < from.length; block += rows * columns) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    to[block + c * rows + r] = from[block + r * columns + c];
                }
            }
        }
        return to;
    }
}
