#include "src/synthetic/possible_accuracy.hpp"

#include <algorithm>
#include <cmath>

#include "src/data/keyed_random.hpp"
#include "src/synthetic/nearly_normal.hpp"

namespace sslslr {
namespace {

/// The directions of a clip's movements, with how well its frames show them.
class Directions {
public:
    Directions(const SyntheticSigns& signs, std::int64_t clip, std::uint64_t seed)
        : length_{signs.length(clip)}, evidence_{signs.direction_evidence(clip)} {
        KeyedRandom random{seed, Purpose::synthetic_noise, {static_cast<std::uint64_t>(clip), 1}};
        for (std::size_t movement = 0; movement < evidence_.size(); ++movement) {
            noise_.push_back(nearly_normal(random));
        }
    }

    /// Returns for each movement the log-likelihood ratio of its direction and the other one, from the frames
    /// [begin, end). Shares of the clip's frames, which are rounded half up.
    std::vector<double> ratios(double begin, double end) const {
        const auto frame_of = [&](double share) {
            return static_cast<std::ptrdiff_t>(std::floor(share * static_cast<double>(length_) + 0.5));
        };
        std::vector<double> ratios;
        for (std::size_t movement = 0; movement < evidence_.size(); ++movement) {
            double sum = 0;
            for (auto frame = frame_of(begin); frame < frame_of(end); ++frame) {
                sum += evidence_[movement][static_cast<std::size_t>(frame)];
            }
            ratios.push_back(sum / 2 + std::sqrt(sum) * noise_[movement]);
        }
        return ratios;
    }

private:
    std::int64_t length_;
    std::vector<std::vector<double>> evidence_;
    std::vector<double> noise_;
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

}  // namespace

PossibleAccuracy possible_accuracy(const SyntheticSigns& signs) {
    constexpr std::int64_t most_clips = 1000;
    const auto& config = signs.config();
    const auto clips = std::min(config.clips, most_clips);
    const auto length = config.length;
    PossibleAccuracy accuracy{std::vector<double>(static_cast<std::size_t>(length) + 1),
                              std::vector<double>(static_cast<std::size_t>(length) + 1)};
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        const Directions directions{signs, clip, config.seed};
        for (std::int64_t k = 0; k <= length; ++k) {
            const auto share = static_cast<double>(k) / static_cast<double>(length);
            const auto at = static_cast<std::size_t>(k);
            const auto label = signs.label_of(clip);
            accuracy.start[at] +=
                chance_of(signs, label, directions.ratios(share, 1)) / static_cast<double>(clips);
            accuracy.end[at] +=
                chance_of(signs, label, directions.ratios(0, 1 - share)) / static_cast<double>(clips);
        }
    }
    return accuracy;
}

}  // namespace sslslr
