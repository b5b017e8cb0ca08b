#include "src/boundary/search.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sslslr {
namespace {

bool rises_step_by_step(const SearchConfig& config) {
    return config.mode != SearchMode::full;
}

double tolerance_of(const SearchConfig& config, const Interval& difference) {
    return config.tolerance.value_or((difference.high - difference.low) / 2);
}

/// Searches one side over the known results.
class Searcher {
public:
    Searcher(Side side, const SearchConfig& config, const Lookup& lookup)
        : side_{side}, config_{config}, lookup_{lookup}, grid_{grid_of(config)} {}

    SideSearch search() {
        const auto reference = point(0);
        if (reference.missing > 0) {
            need(0, config_.repeats, 0);
        }
        if (rises_step_by_step(config_)) {
            rise(reference);
        } else if (config_.halving) {
            halve(reference);
        } else {
            sweep(reference);
        }
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
            result_.rests_on += config_.repeats;
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

    void sweep(const Point& reference) {
        std::int64_t missing = reference.missing;
        std::vector<Point> points;
        for (const auto k : grid_) {
            points.push_back(point(k));
            missing += points.back().missing;
            need(k, config_.repeats, 0);
        }
        result_.rests_on = config_.repeats * static_cast<std::int64_t>(grid_.size());
        if (missing == 0) {
            choose(points, reference);
        }
    }

    /// Answers with the largest k that is not below the best one by more than the tolerance.
    void choose(std::vector<Point> points, const Point& reference) {
        std::erase_if(points, [&](const Point& p) { return !has_enough(p, reference); });
        if (points.empty()) {
            get_stuck(grid_.front());
            return;
        }
        const auto best = *std::ranges::max_element(points, {}, &Point::mean);
        if (!judge(best, reference, false).is_accepted) {
            answer(0, "every k is worse than no permutation");
            return;
        }
        std::int64_t largest = best.k;
        for (const auto& tested : points) {
            if (tested.k != best.k && has_enough(tested, best) && judge(tested, best, false).is_accepted) {
                largest = std::max(largest, tested.k);
            }
        }
        const auto left_out = grid_.size() - points.size();
        answer(largest,
               fmt::format("the largest k not worse than the best, k = {}{}", best.k,
                           left_out == 0 || config_.halving
                               ? ""
                               : fmt::format("; {} of {} k are left out because their jobs were set aside",
                                             left_out, grid_.size())));
    }

    /// Successive halving on the repeats: Jamieson and Talwalkar 2016, "Non-stochastic best arm
    /// identification and hyperparameter optimization", with repeats as the budget.
    void halve(const Point& reference) {
        auto left = grid_;
        std::int64_t done = 0;  // repeats that every k left has
        for (auto repeats = std::min<std::int64_t>(2, config_.repeats);;
             repeats = std::min(2 * repeats, config_.repeats)) {
            std::vector<Point> points;
            std::int64_t missing = 0;
            for (const auto k : left) {
                points.push_back(point_of(side_, k, repeats, lookup_));
                missing += points.back().missing;
                need(k, repeats, 0);
            }
            result_.rests_on += (repeats - done) * static_cast<std::int64_t>(left.size());
            done = repeats;
            if (missing > 0) {
                return;
            }
            if (repeats == config_.repeats) {
                if (reference.missing == 0) {
                    choose(points, reference);
                }
                return;
            }
            left = better_half(points);
        }
    }

    /// Returns the half with the higher mean accuracy, in ascending order of k; the larger k wins a tie.
    static std::vector<std::int64_t> better_half(std::vector<Point> points) {
        const auto worth = [](const Point& p) {
            return std::pair{std::isnan(p.mean()) ? -1.0 : p.mean(), p.k};
        };
        std::ranges::sort(points, [&](const Point& a, const Point& b) { return worth(a) > worth(b); });
        std::vector<std::int64_t> kept;
        for (std::size_t i = 0; i < (points.size() + 1) / 2; ++i) {
            kept.push_back(points[i].k);
        }
        std::ranges::sort(kept);
        return kept;
    }

    Side side_;
    const SearchConfig& config_;
    const Lookup& lookup_;
    std::vector<std::int64_t> grid_;
    SideSearch result_;
};

}  // namespace

SideSearch search_side(Side side, const SearchConfig& config, const Lookup& lookup) {
    return Searcher{side, config, lookup}.search();
}

}  // namespace sslslr
