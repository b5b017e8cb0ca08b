#include "src/boundary/sensitivity.hpp"

#include <algorithm>
#include <utility>

#include "src/augment/boundary_order.hpp"
#include "src/data/gather.hpp"
#include "src/data/keyed_random.hpp"
#include "src/evaluate/eval_mode.hpp"

namespace sslslr {
namespace {

enum class End : std::uint64_t { head, tail };

/// Returns how many frames of a clip the first `regions` of `all` regions take; half a frame rounds up.
std::int64_t frames_of(std::int64_t regions, std::int64_t all, std::int64_t frames) {
    return (2 * regions * frames + all) / (2 * all);
}

/// Computes features of permuted clips, one clip at a time.
class PermutedClips {
public:
    PermutedClips(Method& method, const Features& features, const SensitivityConfig& config,
                  at::Device device)
        : method_{method}, features_{features}, config_{config}, device_{device} {}

    /// Returns [R] costs of permuting the first (or last) 1, ..., R regions.
    torch::Tensor costs(std::int64_t clip, End end) const {
        const auto recorded_frames = gather(features_, {&clip, 1}).frames;
        std::vector<std::int64_t> rows;
        for (std::int64_t regions = 1; regions <= config_.regions; ++regions) {
            for (std::int64_t draw = 0; draw < config_.draws; ++draw) {
                for (const auto frame : order(clip, end, regions, draw)) {
                    rows.push_back(frame);
                }
            }
        }
        const auto frames =
            recorded_frames.index_select(0, torch::tensor(rows, torch::kInt64).to(recorded_frames.device()));
        const auto recorded = represent(clip, recorded_frames);
        const auto distance = (represent(clip, frames) - recorded).square().sum(1);
        return distance.view({config_.regions, config_.draws}).mean(1).cpu();
    }

private:
    std::vector<std::int64_t> order(std::int64_t clip, End end, std::int64_t regions,
                                    std::int64_t draw) const {
        const auto length = features_.length(clip);
        const auto permuted = frames_of(regions, config_.regions, length);
        KeyedRandom random{config_.seed,
                           Purpose::sensitivity,
                           {static_cast<std::uint64_t>(clip), static_cast<std::uint64_t>(end),
                            static_cast<std::uint64_t>(regions), static_cast<std::uint64_t>(draw)}};
        std::vector<std::int64_t> order(static_cast<std::size_t>(length));
        boundary_order(order, end == End::head ? permuted : 0, end == End::tail ? permuted : 0, random);
        return order;
    }

    /// @param frames  [N x length, F] of N sequences
    /// @return [N, readout] float64
    torch::Tensor represent(std::int64_t clip, const torch::Tensor& frames) const {
        const auto length = features_.length(clip);
        const auto sequences = frames.size(0) / length;
        std::vector<torch::Tensor> parts;
        for (std::int64_t begin = 0; begin < sequences; begin += config_.batch) {
            const auto count = std::min(config_.batch, sequences - begin);
            auto packed = describe(features_, std::vector(static_cast<std::size_t>(count), clip), 0);
            packed.frames = frames.narrow(0, begin * length, count * length).to(device_);
            parts.push_back(method_.represent(packed));
        }
        const auto features = torch::cat(parts);
        return (config_.readout ? config_.readout(features) : features).to(torch::kFloat64);
    }

    Method& method_;
    const Features& features_;
    const SensitivityConfig& config_;
    at::Device device_;
};

void check(const Features& features, std::span<const std::int64_t> clips, const SensitivityConfig& config) {
    TORCH_CHECK_VALUE(config.regions >= 1 && config.draws >= 1 && config.batch >= 1,
                      "sensitivity: regions, draws and batch must be positive, got ", config.regions, ", ",
                      config.draws, " and ", config.batch);
    TORCH_CHECK_VALUE(
        std::ranges::all_of(
            clips,
            [&](auto clip) { return clip >= 0 && clip < features.clips() && features.length(clip) > 0; }),
        "sensitivity: clip numbers must lie in [0, ", features.clips(), "), of clips with frames");
}

/// Returns [K] the most regions up to which the costs [K, R + 1] stay within `tolerance` times the last one.
torch::Tensor regions_within(const torch::Tensor& costs, double tolerance) {
    TORCH_CHECK_VALUE(tolerance >= 0 && tolerance <= 1, "sensitivity: tolerance ", tolerance,
                      ", expected 0 to 1");
    const auto is_within = costs <= tolerance * costs.narrow(1, costs.size(1) - 1, 1);
    return is_within.to(torch::kInt64).cumprod(1).sum(1) - 1;
}

}  // namespace

Sensitivity permutation_sensitivity(Method& method, const Features& features,
                                    std::span<const std::int64_t> clips, dist::Group& group,
                                    const SensitivityConfig& config) {
    check(features, clips, config);
    const EvalMode eval{method};
    const torch::NoGradGuard no_grad;
    const PermutedClips permuted{method, features, config, group.device()};
    const auto all = std::ssize(clips);
    auto costs = torch::zeros({all, 2, config.regions + 1}, torch::kFloat64);
    for (auto at = all * group.rank() / group.size(); at < all * (group.rank() + 1) / group.size(); ++at) {
        for (const auto end : {End::head, End::tail}) {
            costs[at][static_cast<std::int64_t>(end)]
                .narrow(0, 1, config.regions)
                .copy_(permuted.costs(clips[static_cast<std::size_t>(at)], end));
        }
    }
    costs = costs.to(group.device());
    group.all_reduce_sum(costs);  // each row is zero on all ranks but one: nothing is rounded
    costs = costs.cpu();
    return {costs.select(1, 0), costs.select(1, 1)};
}

std::vector<ClipBoundary> boundaries_of(const Sensitivity& sensitivity, const Features& features,
                                        std::span<const std::int64_t> clips, double tolerance) {
    TORCH_CHECK_VALUE(sensitivity.head.size(0) == std::ssize(clips), "sensitivity of ",
                      sensitivity.head.size(0), " clips, not of ", clips.size());
    const auto all = sensitivity.head.size(1) - 1;
    const auto head = regions_within(sensitivity.head, tolerance);
    const auto tail = regions_within(sensitivity.tail, tolerance);
    std::vector<ClipBoundary> boundaries;
    for (std::int64_t at = 0; at < std::ssize(clips); ++at) {
        const auto length = features.length(clips[static_cast<std::size_t>(at)]);
        boundaries.push_back({frames_of(head[at].item<std::int64_t>(), all, length),
                              frames_of(tail[at].item<std::int64_t>(), all, length)});
    }
    return boundaries;
}

BoundaryShares shares_of(const Sensitivity& sensitivity, double tolerance) {
    const auto all = static_cast<double>(sensitivity.head.size(1) - 1);
    const auto share = [&](const torch::Tensor& costs) {
        return static_cast<double>(regions_within(costs.sum(0, true), tolerance).item<std::int64_t>()) / all;
    };
    return {share(sensitivity.head), share(sensitivity.tail)};
}

}  // namespace sslslr
