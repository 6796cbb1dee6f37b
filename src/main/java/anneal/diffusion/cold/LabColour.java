package anneal.diffusion.cold;

import anneal.tensor.Concat;
import anneal.tensor.Device;
import anneal.tensor.MatMul;
import anneal.tensor.Select;
import anneal.tensor.Tensor;

/**
 * RGB images in -1..1 (sRGB, white D65) as CIE L*a*b* with L* in 0..100, and back, with the constants of the library
 * that the authors use (kornia). Its matrices lie in the scope in which it was made.
 */
public final class LabColour {
    private static final double[] TO_XYZ = {
        0.412453, 0.357580, 0.180423, 0.212671, 0.715160, 0.072169, 0.019334, 0.119193, 0.950227};
    private static final double[] FROM_XYZ = {
        3.2404813432005266, -1.5371515162713185, -0.4985363261688878,
        -0.9692549499965682, 1.8759900014898907, 0.0415559265582928,
        0.0556466391351772, -0.2040413383665112, 1.0573110696453443};
    private static final double[] WHITE = {0.95047, 1, 1.08883};
    private static final double SRGB_KNEE = 0.04045;
    private static final double LINEAR_KNEE = 0.0031308;
    private static final double CUBE_KNEE = 0.008856;
    private static final double ROOT_KNEE = 0.2068966;
    private static final double SLOPE = 7.787;
    private static final double OFFSET = 4.0 / 29;

    private final Tensor toXyz;
    private final Tensor fromXyz;

    public LabColour(Device device) {
        var to = TO_XYZ.clone();
        var from = FROM_XYZ.clone();
        for (int i = 0; i < to.length; i++) {
            to[i] /= WHITE[i / 3];
            from[i] *= WHITE[i % 3];
        }
        toXyz = device.of(to, 3, 3);
        fromXyz = device.of(from, 3, 3);
    }

    /** @param rgb [N, H, W, 3] */
    public Tensor fromRgb(Tensor rgb) {
        var r = rgb.affine(0.5, 0.5);
        var curved = r.clampMin(SRGB_KNEE).affine(1 / 1.055, 0.055 / 1.055).pow(2.4);
        var xyz = multiply(toXyz, Select.where(r.sub(SRGB_KNEE).neg().less(0), curved, r.div(12.92)));
        var f = Select.where(xyz.sub(CUBE_KNEE).neg().less(0), xyz.clampMin(CUBE_KNEE).pow(1.0 / 3),
                xyz.affine(SLOPE, OFFSET));
        var fx = f.slice(3, 0, 1);
        var fy = f.slice(3, 1, 2);
        var fz = f.slice(3, 2, 3);
        return Concat.concat(3, fy.affine(116, -16), fx.sub(fy).mul(500), fy.sub(fz).mul(200));
    }

    /** @return clipped to -1..1 */
    public Tensor toRgb(Tensor lab) {
        var fy = lab.slice(3, 0, 1).affine(1.0 / 116, 16.0 / 116);
        var fx = lab.slice(3, 1, 2).div(500).add(fy);
        var fz = fy.sub(lab.slice(3, 2, 3).div(200)).clampMin(0);
        var f = Concat.concat(3, fx, fy, fz);
        var xyz = Select.where(f.sub(ROOT_KNEE).neg().less(0), f.mul(f).mul(f), f.affine(1 / SLOPE, -OFFSET / SLOPE));
        var linear = multiply(fromXyz, xyz);
        var curved = linear.clampMin(LINEAR_KNEE).pow(1 / 2.4).affine(1.055, -0.055);
        var rgb = Select.where(linear.sub(LINEAR_KNEE).neg().less(0), curved, linear.mul(12.92));
        return rgb.clamp(0, 1).affine(2, -1);
    }

    private static Tensor multiply(Tensor matrix, Tensor colours) {
        var s = colours.shape().toArray();
        return MatMul.matmul(colours.reshape(-1, 3), matrix, false, true).reshape(s);
    }
}
