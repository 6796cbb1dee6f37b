package anneal.model;

/** How a noisy classifier turns feature maps into one vector (guided-diffusion, unet.py, EncoderUNetModel). */
public enum Pooling {
    /** Mean over the pixels of the last feature map. */
    ADAPTIVE,
    /** CLIP's attention pooling of the last feature map, as in the published classifiers. */
    ATTENTION,
    /** Means of the feature maps of every block, through two linear layers. */
    SPATIAL,
    /** The same with a norm between the layers. */
    SPATIAL_V2,
    /**
     * Mean over the pixels of the last feature map with no norm before it, for narrow networks: 32 groups of one or two
     * channels would normalise away most of what the mean is to tell. Not guided-diffusion's.
     */
    MEAN
}
