#include "src/boundary/observations.hpp"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include <torch/types.h>

namespace sslslr {
namespace {

/// Returns, for each boundary, the share of repeats in which a clip is right, over every `stride`-th repeat
/// from `first`.
std::vector<double> shares_of(const Correctness& data, std::size_t clip, std::size_t first,
                              std::size_t stride) {
    std::vector<double> shares;
    for (const auto& repeats : data.correct) {
        double right = 0;
        double count = 0;
        for (auto repeat = first; repeat < repeats.size(); repeat += stride) {
            right += repeats[repeat][clip] ? 1 : 0;
            ++count;
        }
        shares.push_back(right / count);
    }
    return shares;
}

/// Returns the index of the largest share; among equal ones that of the boundary nearest to the global one,
/// then the first.
std::size_t best_of(const Correctness& data, const std::vector<double>& shares, const ClipBoundary& global) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < shares.size(); ++i) {
        const auto worth = [&](std::size_t at) {
            const auto& [k1, k2] = data.boundaries[at];
            return std::tuple{shares[at], -std::abs(k1 - global.k1) - std::abs(k2 - global.k2)};
        };
        if (worth(i) > worth(best)) {
            best = i;
        }
    }
    return best;
}

}  // namespace

OwnBoundaries own_boundaries(const Correctness& data, const ClipBoundary& global_boundary) {
    const auto found = std::ranges::find(data.boundaries, global_boundary);
    TORCH_CHECK_VALUE(found != data.boundaries.end(), "own boundaries: k1 = ", global_boundary.k1,
                      ", k2 = ", global_boundary.k2, " was not tested");
    TORCH_CHECK_VALUE(data.correct.front().size() >= 2,
                      "own boundaries: two repeats or more are needed, got ", data.correct.front().size());
    const auto global = static_cast<std::size_t>(found - data.boundaries.begin());
    OwnBoundaries own;
    for (std::size_t clip = 0; clip < data.correct.front().front().size(); ++clip) {
        const auto all = shares_of(data, clip, 0, 1);
        const auto best = best_of(data, all, global_boundary);
        own.best.push_back(data.boundaries[best]);
        own.has_preference.push_back(std::ranges::min(all) < std::ranges::max(all));
        own.inflated_loss.push_back(all[best] - all[global]);
        double loss = 0;
        for (const std::size_t half : {0U, 1U}) {
            const auto chosen = best_of(data, shares_of(data, clip, half, 2), global_boundary);
            const auto scored = shares_of(data, clip, 1 - half, 2);
            loss += (scored[chosen] - scored[global]) / 2;
        }
        own.loss.push_back(loss);
    }
    return own;
}

Verdict verdict_of(const SideSearch& found, const std::vector<KVerdict>& verdicts,
                   const SearchConfig& config) {
    Verdict verdict;
    for (const auto& each : verdicts) {
        if (each.k == found.k && each.k > 0) {
            verdict.answer = each;
        } else if (each.k > found.k && (!verdict.larger || each.worse > verdict.larger->worse)) {
            verdict.larger = each;
        }
    }
    verdict.is_supported = found.is_decided && verdict.answer && verdict.larger &&
                           verdict.answer->worse <= config.most_of_kept() &&
                           verdict.larger->worse >= config.least_of_worse();
    return verdict;
}

}  // namespace sslslr
