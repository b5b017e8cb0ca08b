#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "src/boundary/search.hpp"
#include "src/data/keyed_random.hpp"

namespace sslslr::test {

/// Stands in for training: accuracy as a function of k with a planted boundary on either side.
struct Oracle {
    std::int64_t planted_k1 = 0;
    std::int64_t planted_k2 = 0;
    double rise = 0.0;    ///< gain in accuracy from k = 0 to the planted boundary; 0 gives a plateau
    double slope = 0.02;  ///< loss of accuracy per frame beyond it
    double noise = 0;     ///< standard deviation of a trial's accuracy around that of its repeat
    double level = 0.7;
    double repeat_noise = 0.05;  ///< deviation that the trials of a repeat share: cancels in pairs
    std::uint64_t seed = 0;

    double accuracy(const Trial& trial) const {
        KeyedRandom own{seed,
                        Purpose::bootstrap,
                        {static_cast<std::uint64_t>(trial.repeat),
                         static_cast<std::uint64_t>(trial.k1 * 1000 + trial.k2)}};
        KeyedRandom shared{seed, Purpose::bootstrap, {static_cast<std::uint64_t>(trial.repeat), 1U << 30}};
        return level + side(trial.k1, planted_k1) + side(trial.k2, planted_k2) + noise * normal(own) +
               repeat_noise * normal(shared);
    }

private:
    double side(std::int64_t k, std::int64_t planted) const {
        const double within =
            planted == 0 ? 0
                         : rise * static_cast<double>(std::min(k, planted)) / static_cast<double>(planted);
        return within - slope * static_cast<double>(std::max<std::int64_t>(k - planted, 0));
    }
    /// Sum of twelve uniform draws, with mean 0 and standard deviation 1.
    static double normal(KeyedRandom& random) {
        double sum = -6;
        for (int i = 0; i < 12; ++i) {
            sum += random.uniform();
        }
        return sum;
    }
};

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
inline SideSearch drive(Side side, const SearchConfig& config, const Oracle& oracle, Answers& answers,
                        std::size_t at_once = 1000) {
    auto found = search_side(side, config, answers.lookup());
    while (found.progress == SideSearch::Progress::open && !found.needed.empty()) {
        std::ranges::stable_sort(found.needed, {}, [](const auto& entry) { return entry.second; });
        for (std::size_t i = 0; i < std::min(at_once, found.needed.size()); ++i) {
            const auto& trial = found.needed[i].first;
            answers.done[trial] = oracle.accuracy(trial);
        }
        found = search_side(side, config, answers.lookup());
    }
    return found;
}

}  // namespace sslslr::test
