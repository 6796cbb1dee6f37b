package anneal.study;

/** Hears from a study. */
public interface StudyListener {
    /** Work of the case that is being done, {@code done} of {@code total} over all cases. */
    default void progress(StudyCase setting, long done, long total) {
    }

    /**
     * A row is there.
     *
     * @param kept it was found by an earlier, interrupted study
     */
    default void row(StudyRow row, boolean kept) {
    }
}
