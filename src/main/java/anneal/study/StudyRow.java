package anneal.study;

/**
 * What was found for one row of the guidance study.
 *
 * @param wantedShare      share of the images that the judge assigns to the wanted class
 * @param frechetDistance  in the judge's features, to the reference images
 * @param pairwiseDistance mean within a class, see {@link anneal.metric.PairwiseDistance}
 * @param seconds          that sampling took; 0 for real images
 */
public record StudyRow(StudyCase setting, double wantedShare, double frechetDistance, double pairwiseDistance,
                       double seconds) {
    /** Standard error of the wanted share, as of independent images. */
    double shareError() {
        return Math.sqrt(wantedShare * (1 - wantedShare) / setting.images());
    }
}
