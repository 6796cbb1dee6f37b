package anneal.parity;

import anneal.data.Crop;
import anneal.data.Pixels;
import anneal.io.ByteImage;
import anneal.io.TensorData;
import java.io.IOException;
import java.util.Map;
import java.util.SequencedMap;

/** Pictures of bytes: crops as the original's loader makes them, and the way to tensors and back. */
final class PictureKinds {
    private PictureKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("center_crop", c -> put(c, Crop.center(image(c), c.config().path("image_size").asInt())));
        kinds.put("random_crop", PictureKinds::randomCrop);
        kinds.put("image_to_tensor", PictureKinds::imageToTensor);
        kinds.put("tensor_to_image", PictureKinds::tensorToImage);
    }

    private static ByteImage image(CaseContext c) throws IOException {
        var data = c.data("image");
        var shape = data.intShape();
        return new ByteImage(shape[0], shape[1], shape[2], data.toBytes());
    }

    private static SequencedMap<String, TensorData> put(CaseContext c, ByteImage image) {
        return c.outputs().put("out.image",
                TensorData.of(image.pixels(), image.height(), image.width(), image.channels())).tensors();
    }

    private static SequencedMap<String, TensorData> randomCrop(CaseContext c) throws IOException {
        var draws = c.config().path("draws");
        return put(c, Crop.random(image(c), c.config().path("image_size").asInt(), draws.path(0).asInt(),
                draws.path(1).asInt(), draws.path(2).asInt()));
    }

    private static SequencedMap<String, TensorData> imageToTensor(CaseContext c) throws IOException {
        var image = image(c);
        var x = new float[image.pixels().length];
        Pixels.imageToTensor(image.pixels(), 0, image.height(), image.width(), image.channels(),
                c.config().path("flip").asBoolean(), x, 0);
        var tensor = c.device().of(x, image.height(), image.width(), image.channels());
        return c.outputs().put("out.x", tensor.permute(2, 0, 1)).tensors();
    }

    private static SequencedMap<String, TensorData> tensorToImage(CaseContext c) throws IOException {
        var x = c.image("x");
        var pixels = new byte[Math.toIntExact(x.size())];
        Pixels.tensorToImage(x.toFloats(), 0, pixels, 0, pixels.length);
        var shape = x.shape();
        return c.outputs().put("out.image",
                TensorData.of(pixels, shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3))).tensors();
    }
}
