/**
 * Sets of images as unsigned bytes, NHWC: IDX files, folders of pictures, the embedded Fashion-MNIST, and what brings
 * them to a model's size. Order, shuffling and augmentation draws belong to training.
 */
package anneal.data;
