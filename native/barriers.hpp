// Which waits a kernel meets, and one of them left out: the question whether anybody would notice if its line were gone.
#pragma once

#include "block.hpp"

#include <set>

namespace sim {

class Barriers {
public:
    SIM_UNCHECKED static Barriers& get() {
        static Barriers one;  // an instrumented build runs on one OS thread
        return one;
    }

    SIM_UNCHECKED void launch_begins(const char* kernel) {
        kernel_ = kernel;
        seen_.clear();
    }

    /// Notes that the running kernel is at this wait; true if it is the one to leave out.
    SIM_UNCHECKED bool meets(const Site& site) {
        for (auto& s : seen_) {
            if (s.line == site.line && s.file == site.file) return s.left_out;
        }
        std::string file(site.file);
        auto place = file.substr(file.rfind('/') + 1) + ":" + std::to_string(site.line);
        met_.insert(std::string(kernel_) + "\t" + site.what + "\t" + place);
        seen_.push_back({site.file, site.line, left_out_kernel_ == kernel_ && left_out_place_ == place});
        return seen_.back().left_out;
    }

    /// Whether accesses are looked at; without, a launch is quick and only its waits are noted.
    static inline bool watching = true;

    SIM_UNCHECKED void leave_out(const char* kernel, const char* place) {
        left_out_kernel_ = kernel;
        left_out_place_ = place;
    }

    /// What was met since the last call, a line each.
    SIM_UNCHECKED const char* met() {
        text_.clear();
        for (auto& line : met_) text_ += line + "\n";
        met_.clear();
        return text_.c_str();
    }

private:
    struct Seen {
        const char* file;
        int line;
        bool left_out;
    };

    const char* kernel_ = "";
    std::vector<Seen> seen_;  // by this launch
    std::set<std::string> met_;
    std::string left_out_kernel_, left_out_place_, text_;
};

}  // namespace sim
