// What every instrumented build has beside its listener.
#include "barriers.hpp"

namespace sim::notice {

SIM_UNCHECKED bool left_out(const Site& site) { return Barriers::get().meets(site); }

}  // namespace sim::notice
