package anneal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static TrunkConfigBuilder small() {
        return TrunkConfig.builder(16, 3, 32).channelMult(1, 2).attentionAtPixels(8);
    }

    private static void refused(String reason, Consumer<TrunkConfigBuilder> change) {
        var e = assertThrows(IllegalArgumentException.class, () -> {
            var builder = small();
            change.accept(builder);
            new UNetConfig(builder.build(), false);
        });
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused("channelMult", b -> b.channelMult());
        refused("48 channels", b -> b.channelMult(1, 1.5));
        refused("dropout", b -> b.dropout(1));
        refused("dropout", b -> b.dropout(Double.NaN));
        refused("numHeads 3", b -> b.numHeads(3));
        refused("numHeadChannels 48", b -> b.numHeadChannels(48));
        refused("numHeadChannels 0", b -> b.numHeadChannels(0));
        refused("numResBlocks", b -> b.numResBlocks(-1));
        refused("attention at 5 pixels", b -> b.attentionAtPixels(5));
        refused("downsampling factors", b -> b.attentionResolutions(List.of(0)));
        refused("multiple of 32", b -> b.channelMult(1, 1, 1, 1, 1, 1));
    }

    @Test
    void unetKnobsAreChecked() {
        var trunk = small().build();
        assertEquals(5, new UNetConfig(small().attentionAtPixels().build(), 3, false, 5, 0, false).numHeadsUpsample());
        assertThrows(IllegalArgumentException.class, () -> new UNetConfig(trunk, 3, false, -1, 0, true));
        assertThrows(IllegalArgumentException.class, () -> new UNetConfig(trunk, 0, false, -1, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new UNetConfig(trunk, 3, false, 7, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new ClassifierConfig(trunk, 10, Pooling.ATTENTION));
    }

    @Test
    void theNullClassIsTheLastRow() {
        var config = new UNetConfig(small().build(), 3, true, -1, 10, true);
        assertEquals(10, config.nullClassLabel());
        assertEquals(11, config.build().parameters().get("label_emb.weight").shape().dim(0));
        assertEquals(6, config.networkOutChannels());
        assertThrows(IllegalStateException.class, new UNetConfig(small().build(), false)::nullClassLabel);
    }

    @Test
    void everyKnobSurvivesJson() {
        var trunk = TrunkConfig.builder(32, 1, 64).channelMult(0.5, 1, 2.5).numResBlocks(3).attentionAtPixels(16, 8)
                .numHeads(2).numHeadChannels(16).resblockUpdown(true).convResample(false).useScaleShiftNorm(true)
                .rescaleResidual(true).dropout(0.25).useNewAttentionOrder(true).useCheckpoint(true).build();
        for (var config : List.of(new UNetConfig(trunk, 1, true, 4, 10, true),
                new SuperResConfig(new UNetConfig(trunk, 1, false, -1, 0, false)),
                new ClassifierConfig(trunk, 7, Pooling.SPATIAL_V2))) {
            assertEquals(config, ModelConfig.fromJson(config.type(), config.toJson()));
        }
    }

    @Test
    void jsonIsCheckedToo() {
        var json = new UNetConfig(small().build(), false).toJson();
        var wrong = json.replace("\"dropout\" : 0.0", "\"dropout\" : 2.0");
        var e = assertThrows(IllegalArgumentException.class, () -> ModelConfig.fromJson("unet", wrong));
        assertTrue(e.getMessage().contains("dropout 2.0"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ModelConfig.fromJson("vae", json));
    }
}
