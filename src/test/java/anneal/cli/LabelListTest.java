package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.data.FashionMnist;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelListTest {

    private final LabelList fashion = new LabelList(10, FashionMnist.CLASS_NAMES);

    @Test
    void numbersRangesAndNamesKeepTheirOrder() {
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, fashion.parse("0-9"));
        assertArrayEquals(new int[] {3, 5, 7, 8}, fashion.parse("3,5,7-8"));
        assertArrayEquals(new int[] {8, 5, 8, 0}, fashion.parse("Bag, sandal,8, t-shirt/top"));
        assertArrayEquals(new int[] {0, 1, 2}, new LabelList(3, List.of()).parse("all"));
    }

    @Test
    void aNameGoesBeforeANumber() {
        assertArrayEquals(new int[] {1}, new LabelList(2, List.of("7", "0")).parse("0"));
        assertArrayEquals(new int[] {1}, new LabelList(2, List.of("0-9", "1-1")).parse("1-1"));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "12, label 12 is out of range; labels are 0 to 9",
        "0-10, label 10 of '0-10' is out of range",
        "7-3, label range '7-3' runs backwards",
        "Hat, 'Hat' is no class; labels are 0 to 9",
        "-1, '-1' is no class",
        "99999999999, '99999999999' is no class",
    })
    void whatIsNoClassIsNamed(String list, String message) {
        var e = assertThrows(IllegalArgumentException.class, () -> fashion.parse(list));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "1,,2", "1-", "a-b"})
    void emptyAndBrokenPartsAreRefused(String list) {
        assertThrows(IllegalArgumentException.class, () -> fashion.parse(list));
    }
}
