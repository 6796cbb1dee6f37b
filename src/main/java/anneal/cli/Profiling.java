package anneal.cli;

import anneal.kernel.profile.Peak;
import anneal.kernel.profile.Profile;
import anneal.kernel.profile.ProfileReport;

/**
 * A profile in the making. The first steps, in which kernels are still interpreted, are left out: twenty, or a third of
 * them all if that is less.
 */
final class Profiling {

    /** Notes nothing. */
    static final Profiling OFF = new Profiling(null, null, false);

    private static final int WARM_UP_STEPS = 20;
    private static final int SHAPES = 15;

    private final Profile profile;
    private final Peak peak;
    private final boolean peakMeasured;
    private long steps;
    private long warmUpSteps;

    private Profiling(Profile profile, Peak peak, boolean peakMeasured) {
        this.profile = profile;
        this.peak = peak;
        this.peakMeasured = peakMeasured;
    }

    /** @param peak what the device's calls are set against */
    static Profiling on(Peak peak, boolean peakMeasured) {
        return new Profiling(new Profile(), peak, peakMeasured);
    }

    /** Where a device notes its calls; null if nowhere. */
    Profile profile() {
        return profile;
    }

    /**
     * After a step.
     *
     * @param done  how much of the work is done, in any unit
     * @param total all the work
     */
    void step(long done, long total) {
        if (profile == null) {
            return;
        }
        steps++;
        boolean warm = steps >= WARM_UP_STEPS || 3 * done >= total;
        if (warmUpSteps == 0 && warm && done < total) {
            warmUpSteps = steps;
            profile.clear();
        }
    }

    /** What was found until now; null if nothing is noted. */
    ProfileReport report() {
        return profile == null ? null
                : ProfileReport.of(profile, peak, peakMeasured, warmUpSteps, steps - warmUpSteps, SHAPES);
    }
}
