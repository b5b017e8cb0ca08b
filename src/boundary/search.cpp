#include "src/boundary/search.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/boundary/race.hpp"

namespace sslslr {
namespace {

double tolerance_of(const SearchConfig& config, const Interval& difference) {
    return config.tolerance.value_or((difference.high - difference.low) / 2);
}

/// Lets k rise on one side, over the known results.
class Searcher {
public:
    Searcher(Side side, const SearchConfig& config, const Lookup& lookup)
        : side_{side}, config_{config}, lookup_{lookup}, grid_{grid_of(config)} {}

    SideSearch search() {
        const auto reference = point(0);
        if (reference.missing > 0) {
            need(0, config_.repeats, 0);
        }
        rise(reference);
        return std::move(result_);
    }

private:
    Point point(std::int64_t k) const { return point_of(side_, k, config_.repeats, lookup_); }

    /// Asks for those of the first `repeats` repeats of k that are missing.
    void need(std::int64_t k, std::int64_t repeats, std::int64_t stage) {
        for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
            const auto trial = trial_of(side_, k, repeat);
            if (lookup_(trial).status == Known::Status::missing) {
                result_.needed.emplace_back(trial, stage);
            }
        }
    }

    void rest_on(std::int64_t k) {
        for (std::int64_t repeat = 0; repeat < config_.repeats; ++repeat) {
            result_.rests_on.insert(trial_of(side_, k, repeat));
        }
    }

    void answer(std::int64_t k, std::string why) {
        result_.progress = SideSearch::Progress::answered;
        result_.k = k;
        result_.why = std::move(why);
    }

    bool has_enough(const Point& a, const Point& b) const {
        std::int64_t pairs = 0;
        for (std::size_t r = 0; r < a.accuracies.size(); ++r) {
            pairs += a.accuracies[r] && b.accuracies[r];
        }
        return pairs >= std::min<std::int64_t>(2, config_.repeats);
    }

    void get_stuck(std::int64_t k) {
        result_.progress = SideSearch::Progress::stuck;
        result_.why = fmt::format(
            "k = {} cannot be judged: too few of its {} repeats, or of the reference's, are left; the others "
            "were set aside",
            k, config_.repeats);
    }

    /// Compares two points and records the judgement.
    Judgement judge(const Point& tested, const Point& best, bool must_rise) {
        const auto difference = *paired_difference(tested, best);
        Judgement judgement{.k = tested.k,
                            .against = best.k,
                            .difference = difference,
                            .tolerance = tolerance_of(config_, difference)};
        judgement.is_accepted = must_rise ? difference.mean > 0 : difference.mean >= -judgement.tolerance;
        result_.path.push_back(judgement);
        return judgement;
    }

    void rise(const Point& reference) {
        auto best = reference;
        rest_on(0);
        for (std::size_t i = 0; i < grid_.size(); ++i) {
            const auto tested = point(grid_[i]);
            if (tested.missing > 0 || reference.missing > 0) {
                for (auto ahead = i; ahead < grid_.size(); ++ahead) {
                    need(grid_[ahead], config_.repeats, static_cast<std::int64_t>(ahead - i));
                }
                return;
            }
            if (!has_enough(tested, best)) {
                get_stuck(tested.k);
                return;
            }
            rest_on(tested.k);
            const auto judged = judge(tested, best, config_.mode == SearchMode::strict && i > 0);
            if (!judged.is_accepted) {
                answer(i == 0 ? 0 : grid_[i - 1],
                       fmt::format("k = {} differs from k = {} by {}", judged.k, judged.against,
                                   signed_interval_text(judged.difference)));
                return;
            }
            if (judged.difference.mean > 0) {
                best = tested;
            }
        }
        answer(grid_.back(), "no tested k is worse");
    }

    Side side_;
    const SearchConfig& config_;
    const Lookup& lookup_;
    std::vector<std::int64_t> grid_;
    SideSearch result_;
};

}  // namespace

SideSearch search_side(Side side, const SearchConfig& config, const Lookup& lookup) {
    return config.mode == SearchMode::racing ? race_side(side, config, lookup)
                                             : Searcher{side, config, lookup}.search();
}

}  // namespace sslslr
