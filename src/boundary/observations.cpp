#include "src/boundary/observations.hpp"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include <torch/types.h>

namespace sslslr {
namespace {

/// Returns, for each k, the share of repeats in which a clip is right, over every `stride`-th repeat from
/// `first`.
std::vector<double> shares_of(const SideCorrectness& data, std::size_t clip, std::size_t first,
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

/// Returns the index of the largest share; among equal ones that of the k nearest to the global k, then of
/// the smaller k.
std::size_t best_of(const SideCorrectness& data, const std::vector<double>& shares, std::int64_t global_k) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < shares.size(); ++i) {
        const auto worth = [&](std::size_t at) {
            return std::tuple{shares[at], -std::abs(data.k[at] - global_k)};
        };
        if (worth(i) > worth(best)) {
            best = i;
        }
    }
    return best;
}

}  // namespace

OwnBoundaries own_boundaries(const SideCorrectness& data, std::int64_t global_k) {
    const auto found = std::ranges::find(data.k, global_k);
    TORCH_CHECK_VALUE(found != data.k.end(), "own boundaries: k = ", global_k, " was not tested");
    TORCH_CHECK_VALUE(data.correct.front().size() >= 2,
                      "own boundaries: two repeats or more are needed, got ", data.correct.front().size());
    const auto global = static_cast<std::size_t>(found - data.k.begin());
    OwnBoundaries own;
    for (std::size_t clip = 0; clip < data.correct.front().front().size(); ++clip) {
        const auto all = shares_of(data, clip, 0, 1);
        const auto best = best_of(data, all, global_k);
        own.best.push_back(data.k[best]);
        own.has_preference.push_back(std::ranges::min(all) < std::ranges::max(all));
        own.inflated_loss.push_back(all[best] - all[global]);
        double loss = 0;
        for (const std::size_t half : {0U, 1U}) {
            const auto chosen = best_of(data, shares_of(data, clip, half, 2), global_k);
            const auto scored = shares_of(data, clip, 1 - half, 2);
            loss += (scored[chosen] - scored[global]) / 2;
        }
        own.loss.push_back(loss);
    }
    return own;
}

Verdict verdict_of(Side side, const SearchConfig& config, std::int64_t k, const Lookup& lookup) {
    const auto point = [&](std::int64_t at) { return point_of(side, at, config.repeats, lookup); };
    const auto answer = point(k);
    Verdict verdict;
    if (const auto difference = paired_difference(answer, point(0))) {
        verdict.against_reference = *difference;
    }
    for (const auto larger : grid_of(config)) {
        if (larger <= k) {
            continue;
        }
        const auto pairs = paired_differences(point(larger), answer);
        if (pairs.size() < 2) {
            continue;
        }
        ++verdict.compared;
        const auto difference = student_interval(pairs);
        if (verdict.worse_k == 0 && difference.high < 0) {
            verdict.worse_k = larger;
            verdict.worse_by = difference;
        }
    }
    verdict.is_supported = k > 0 && verdict.worse_k > 0 && verdict.against_reference.high >= 0;
    return verdict;
}

}  // namespace sslslr
