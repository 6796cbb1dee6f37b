package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.Storage;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Weights in the form in which a convolution reads them, packed or transformed, kept from call to call where the
 * weights stay as they are ({@link Storage#freeze}): while sampling they would be prepared anew at every step. A form
 * is kept from its second use on, so that what runs once takes no memory. It goes with the weights.
 */
final class PreparedWeights {
    /** What a convolution makes of weights: which of a storage's, for what, how. */
    private record Form(long offset, ConvSpec.Mode mode, String algorithm, int outC, int kH, int kW, int inC) {
    }

    private static final long SEEN_ONCE = 0;

    private final BlockPool memory;
    private final Map<Storage, Map<Form, Long>> forms = new HashMap<>();

    PreparedWeights(BlockPool memory) {
        this.memory = memory;
    }

    /**
     * The prepared form of weights.
     *
     * @param algorithm that the convolution is computed with
     * @param bytes     that the form takes
     * @param prepare   writes it to an address
     * @return where it lies, or 0 if it is not kept: then the caller prepares it for itself
     */
    synchronized long of(Buf w, ConvSpec s, String algorithm, long bytes, LongConsumer prepare) {
        if (!w.storage().isFrozen()) {
            return 0;
        }
        var known = forms.computeIfAbsent(w.storage(), storage -> new HashMap<>());
        var form = new Form(w.offset(), s.mode(), algorithm, s.outC(), s.kH(), s.kW(), s.inC());
        Long address = known.putIfAbsent(form, SEEN_ONCE);
        if (address == null) {
            return 0;
        }
        if (address == SEEN_ONCE) {
            address = memory.allocate(bytes);
            prepare.accept(address);
            known.put(form, address);
        }
        return address;
    }

    /** Gives back what was made of weights whose memory is given back. */
    synchronized void drop(Storage storage) {
        var known = forms.remove(storage);
        if (known != null) {
            known.values().stream().filter(address -> address != SEEN_ONCE).forEach(memory::free);
        }
    }
}
