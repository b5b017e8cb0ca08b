#include "src/boundary/race.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "src/boundary/paired_model.hpp"

namespace sslslr {

std::vector<KVerdict> judge_all(const std::vector<Point>& points, double margin) {
    const PairedModel model{points};
    std::vector<KVerdict> verdicts;
    for (std::size_t at = 0; at < points.size(); ++at) {
        KVerdict verdict{.k = points[at].k, .repeats = std::ssize(points[at].known())};
        double most = 0;
        for (std::size_t other = 0; other < at; ++other) {
            const auto errors = model.errors_worse(at, other, margin);
            if (other == 0 || errors > most) {
                most = errors;
                verdict.than = points[other].k;
            }
        }
        verdict.worse = at == 0 ? 0 : model.probability_of(most);
        verdict.effect = model.effect(at);
        verdicts.push_back(verdict);
    }
    return verdicts;
}

namespace {

/// Races over the known results of one side.
class Race {
public:
    Race(Side side, const SearchConfig& config, const Lookup& lookup)
        : side_{side}, config_{config}, lookup_{lookup} {
        points_.push_back({.k = 0});
        for (const auto k : grid_of(config)) {
            points_.push_back({.k = k});
        }
        for (auto& point : points_) {
            point.accuracies.resize(static_cast<std::size_t>(config.repeats));
        }
    }

    SideSearch run() {
        std::set<std::int64_t> wanted;
        for (const auto& point : points_) {
            wanted.insert(point.k);
        }
        const auto first = std::min(config_.first_repeats, config_.repeats);
        bool has_all = true;
        for (std::int64_t repeat = 0; repeat < first; ++repeat) {
            has_all &= train(wanted, repeat, 0);
        }
        // Further repeats replace those that were set aside.
        for (auto repeat = first; has_all && repeat < config_.repeats && !lacking().empty(); ++repeat) {
            has_all = train(lacking(), repeat, 0);
        }
        for (auto repeat = first;; ++repeat) {
            if (!has_all || !judge()) {
                return std::move(result_);
            }
            if (is_decided() || repeat == config_.repeats) {
                answer();
                return std::move(result_);
            }
            wanted = undecided();
            has_all = train(wanted, repeat, 0);
            for (auto ahead = repeat + 1; !has_all && ahead < config_.repeats; ++ahead) {
                train(wanted, ahead, ahead - repeat);
            }
        }
    }

private:
    /// Returns the k that have fewer than the first repeats, and with them k = 0, to which they are compared.
    std::set<std::int64_t> lacking() const {
        std::set<std::int64_t> found;
        for (const auto& point : points_) {
            if (std::ssize(point.known()) < config_.first_repeats) {
                found.insert({0, point.k});
            }
        }
        return found;
    }

    /// Takes the results of one repeat at these k, and asks for those that are missing.
    /// @param stage  0: the results decide the next step; later ones are only asked for
    /// @return whether none is missing
    bool train(const std::set<std::int64_t>& wanted, std::int64_t repeat, std::int64_t stage) {
        bool has_all = true;
        for (auto& point : points_) {
            if (!wanted.contains(point.k)) {
                continue;
            }
            const auto trial = trial_of(side_, point.k, repeat);
            const auto known = lookup_(trial);
            if (known.status == Known::Status::missing) {
                has_all = false;
                result_.needed.emplace_back(trial, stage);
            } else if (stage == 0) {
                result_.rests_on.insert(trial);
                if (known.status == Known::Status::done) {
                    point.accuracies[static_cast<std::size_t>(repeat)] = known.accuracy;
                }
            }
        }
        return has_all;
    }

    /// Judges every k and finds the edge.
    /// @return false if too few trials are left
    bool judge() {
        std::erase_if(points_, [&](const Point& point) {
            return point.k > 0 && std::ssize(point.known()) < config_.first_repeats;
        });
        if (std::ssize(points_.front().known()) < config_.first_repeats || points_.size() < 2) {
            result_.progress = SideSearch::Progress::stuck;
            result_.why =
                "too few trials without permutation are left, or of every k; the others were set aside";
            return false;
        }
        result_.verdicts = judge_all(points_, config_.margin);
        edge_ = 0;
        for (std::size_t at = 1; at < points_.size(); ++at) {
            if (result_.verdicts[at].worse < 0.5) {
                edge_ = at;
            }
        }
        return true;
    }

    bool is_kept_decided() const {
        return edge_ == 0 || result_.verdicts[edge_].worse <= config_.most_of_kept();
    }
    bool is_next_decided() const {
        return edge_ + 1 == points_.size() || result_.verdicts[edge_ + 1].worse >= config_.least_of_worse();
    }
    /// Whether a k beyond the next one is worse, too: accuracy need not fall evenly.
    bool is_given_up(std::size_t at) const {
        return result_.verdicts[at].worse >= 1 - config_.most_of_kept();
    }
    bool is_decided() const {
        bool rest_is_given_up = true;
        for (auto at = edge_ + 2; at < points_.size(); ++at) {
            rest_is_given_up &= is_given_up(at);
        }
        return is_kept_decided() && is_next_decided() && rest_is_given_up;
    }

    /// Returns the k on which the next repeat is spent.
    std::set<std::int64_t> undecided() const {
        const auto best = std::ranges::max_element(result_.verdicts.begin(),
                                                   result_.verdicts.begin() + std::ptrdiff_t(edge_) + 1, {},
                                                   &KVerdict::effect);
        std::set<std::int64_t> wanted{best->k};
        const auto add = [&](const KVerdict& verdict) { wanted.insert({verdict.k, verdict.than}); };
        if (!is_kept_decided()) {
            add(result_.verdicts[edge_]);
        }
        if (!is_next_decided()) {
            add(result_.verdicts[edge_ + 1]);
        }
        for (auto at = edge_ + 2; at < points_.size(); ++at) {
            if (!is_given_up(at)) {
                add(result_.verdicts[at]);
            }
        }
        return wanted;
    }

    void answer() {
        result_.progress = SideSearch::Progress::answered;
        result_.is_decided = is_decided();
        result_.k = points_[edge_].k;
        const auto text = [&](std::size_t at) {
            const auto& verdict = result_.verdicts[at];
            return fmt::format("P(k = {} loses more than {:g} against k = {}) = {:.3f}", verdict.k,
                               config_.margin, verdict.than, verdict.worse);
        };
        result_.why = edge_ > 0 ? text(edge_) : "";
        if (edge_ + 1 < points_.size()) {
            result_.why += (edge_ > 0 ? ", " : "") + text(edge_ + 1);
        }
        if (!result_.is_decided) {
            result_.why += fmt::format("; not decided by {} repeats", config_.repeats);
        }
        if (const auto tested = grid_of(config_).size() + 1; points_.size() < tested) {
            result_.why += fmt::format("; {} of {} k are left out because their jobs were set aside",
                                       tested - points_.size(), tested - 1);
        }
    }

    Side side_;
    const SearchConfig& config_;
    const Lookup& lookup_;
    std::vector<Point> points_;  ///< only the results that were asked for
    std::size_t edge_ = 0;       ///< of points_: the largest k that is probably not worse
    SideSearch result_;
};

}  // namespace

std::vector<KVerdict> verdicts_of(Side side, const SideSearch& found, const SearchConfig& config,
                                  const Lookup& lookup) {
    if (!found.verdicts.empty()) {
        return found.verdicts;
    }
    const auto used = [&](const Trial& trial) {
        return found.rests_on.contains(trial) ? lookup(trial) : Known{};
    };
    std::vector<Point> points{point_of(side, 0, config.repeats, used)};
    for (const auto k : grid_of(config)) {
        points.push_back(point_of(side, k, config.repeats, used));
    }
    std::erase_if(points, [](const Point& point) { return point.known().size() < 2; });
    return points.empty() || points.front().k > 0 ? std::vector<KVerdict>{}
                                                  : judge_all(points, config.margin);
}

SideSearch race_side(Side side, const SearchConfig& config, const Lookup& lookup) {
    return Race{side, config, lookup}.run();
}

}  // namespace sslslr
