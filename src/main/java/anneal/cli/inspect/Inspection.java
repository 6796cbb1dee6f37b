package anneal.cli.inspect;

import java.io.PrintWriter;

/** What was found in a file. The record's components are what {@code --json} prints. */
public sealed interface Inspection
        permits WeightsInspection, CheckpointInspection, ArraysInspection, PictureInspection, IdxInspection,
                RunInspection {

    /** Tells a person. */
    void print(PrintWriter out);
}
