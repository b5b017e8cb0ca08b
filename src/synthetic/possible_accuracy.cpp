#include "src/synthetic/possible_accuracy.hpp"

#include <algorithm>
#include <cmath>

#include "src/data/keyed_random.hpp"
#include "src/data/nearly_normal.hpp"

namespace sslslr {
namespace {

/// The directions of a clip's movements, with how well its frames show them.
class Directions {
public:
    Directions(const SyntheticSigns& signs, std::int64_t clip) {
        KeyedRandom random{
            signs.config().seed, Purpose::synthetic_noise, {static_cast<std::uint64_t>(clip), 1}};
        for (const auto& evidence : signs.direction_evidence(clip)) {
            auto& movement = movements_.emplace_back(Movement{evidence.begin, {0}, nearly_normal(random)});
            for (const auto distance : evidence.frames) {
                movement.sums.push_back(movement.sums.back() + distance);
            }
        }
    }

    /// Returns for each movement the log-likelihood ratio of its direction and the other one, from the frames
    /// [begin, end).
    std::vector<double> ratios(std::int64_t begin, std::int64_t end) const {
        std::vector<double> ratios;
        for (const auto& movement : movements_) {
            const auto up_to = [&](std::int64_t frame) {
                const auto most = std::ssize(movement.sums) - 1;
                return movement.sums[static_cast<std::size_t>(
                    std::clamp<std::int64_t>(frame - movement.begin, 0, most))];
            };
            const double sum = std::max(up_to(end) - up_to(begin), 0.0);
            ratios.push_back(sum / 2 + std::sqrt(sum) * movement.noise);
        }
        return ratios;
    }

private:
    struct Movement {
        std::int64_t begin;
        std::vector<double> sums;  ///< of the evidence of the first 0, 1, 2, ... frames
        double noise;              ///< standard normal
    };
    std::vector<Movement> movements_;
};

/// Returns the probability that the true class is chosen: 0, or 1 over the number of equally likely classes.
double chance_of(const SyntheticSigns& signs, std::int64_t label, const std::vector<double>& ratios) {
    const auto& truth = signs.poses_of(label);
    double equal = 0;
    for (std::int64_t other = 0; other < signs.config().classes; ++other) {
        const auto& directions = signs.poses_of(other);
        double score = 0;  // log posterior of the true class minus that of the other
        for (std::size_t movement = 0; movement < ratios.size(); ++movement) {
            score += truth[movement] == directions[movement] ? 0 : ratios[movement];
        }
        if (score < 0) {
            return 0;
        }
        equal += score == 0 ? 1 : 0;
    }
    return 1 / equal;
}

constexpr double most_steps = 5e8;  ///< of comparing a class: a few seconds

double steps_per_clip(const SyntheticConfig& config) {
    return 2.0 * static_cast<double>(config.length + 1) * static_cast<double>(config.classes) *
           static_cast<double>(parts_of_sign(config));
}

}  // namespace

bool is_accuracy_computable(const SyntheticConfig& config) {
    return config.kind == SyntheticKind::order && steps_per_clip(config) <= most_steps;
}

PossibleAccuracy possible_accuracy(const SyntheticSigns& signs) {
    constexpr double most_clips = 1000;
    const auto& config = signs.config();
    const auto length = config.length;
    const auto clips =
        std::min(config.clips,
                 static_cast<std::int64_t>(std::clamp(most_steps / steps_per_clip(config), 1.0, most_clips)));
    PossibleAccuracy accuracy{std::vector<double>(static_cast<std::size_t>(length) + 1),
                              std::vector<double>(static_cast<std::size_t>(length) + 1)};
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        const Directions directions{signs, clip};
        const auto frames = signs.length(clip);
        const auto label = signs.label_of(clip);
        for (std::int64_t k = 0; k <= length; ++k) {
            const auto lost = (2 * k * frames + length) / (2 * length);
            const auto at = static_cast<std::size_t>(k);
            accuracy.start[at] +=
                chance_of(signs, label, directions.ratios(lost, frames)) / static_cast<double>(clips);
            accuracy.end[at] +=
                chance_of(signs, label, directions.ratios(0, frames - lost)) / static_cast<double>(clips);
        }
    }
    return accuracy;
}

}  // namespace sslslr
