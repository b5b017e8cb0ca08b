#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "src/boundary/assumed_accuracy.hpp"
#include "src/boundary/search.hpp"

namespace sslslr::test {

/// Stands in for a ledger: holds the results of trials.
class Answers {
public:
    Lookup lookup() const {
        return [this](const Trial& trial) -> Known {
            if (set_aside.contains(trial)) {
                return {Known::Status::set_aside};
            }
            const auto found = done.find(trial);
            return found == done.end() ? Known{} : Known{Known::Status::done, found->second};
        };
    }

    std::map<Trial, double> done;
    std::set<Trial> set_aside;
};

/// Answers the trials that the search needs until it ends, `at_once` trials at a time, early stages first.
inline SideSearch drive(Side side, const SearchConfig& config, const AssumedAccuracy& accuracy,
                        Answers& answers, std::size_t at_once = 1000) {
    auto found = search_side(side, config, answers.lookup());
    while (found.progress == SideSearch::Progress::open && !found.needed.empty()) {
        std::ranges::stable_sort(found.needed, {}, [](const auto& entry) { return entry.second; });
        for (std::size_t i = 0; i < std::min(at_once, found.needed.size()); ++i) {
            const auto& trial = found.needed[i].first;
            answers.done[trial] = accuracy.of(trial);
        }
        found = search_side(side, config, answers.lookup());
    }
    return found;
}

}  // namespace sslslr::test
