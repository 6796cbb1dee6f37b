package anneal.data;

import java.util.List;

/** The same images and classes in another size or with other channels. */
abstract class DerivedDataset implements ImageDataset {

    protected final ImageDataset source;
    private final int height;
    private final int width;
    private final int channels;

    DerivedDataset(ImageDataset source, int height, int width, int channels) {
        this.source = source;
        this.height = height;
        this.width = width;
        this.channels = channels;
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public int label(int i) {
        return source.label(i);
    }
}
