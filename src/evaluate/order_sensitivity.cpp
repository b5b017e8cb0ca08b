#include "src/evaluate/order_sensitivity.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "src/augment/boundary_length.hpp"
#include "src/augment/boundary_order.hpp"
#include "src/data/gather.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"
#include "src/evaluate/eval_mode.hpp"

namespace sslslr {
namespace {

constexpr BoundaryLength head{1, 3};
constexpr BoundaryLength tail{1, 4};

/// Whether permuting the ends can change the order of frames.
bool has_order(std::int64_t length) {
    return head.frames_of(length) >= 2 || tail.frames_of(length) >= 2;
}

/// Returns the frames of one clip as recorded, followed by `draws` copies with permuted ends, end to end.
PackedClips permutations(const Features& features, std::int64_t clip, std::int64_t draws) {
    const auto recorded = gather(features, {&clip, 1});
    const auto length = features.length(clip);
    std::vector<std::int64_t> rows(static_cast<std::size_t>((1 + draws) * length));
    const std::span all{rows};
    for (std::int64_t sequence = 0; sequence <= draws; ++sequence) {
        const auto is_permuted = sequence > 0;
        KeyedRandom random{0,
                           Purpose::order_sensitivity,
                           {static_cast<std::uint64_t>(clip), static_cast<std::uint64_t>(sequence)}};
        boundary_order(
            all.subspan(static_cast<std::size_t>(sequence * length), static_cast<std::size_t>(length)),
            is_permuted ? head.frames_of(length) : 0, is_permuted ? tail.frames_of(length) : 0, random);
    }
    auto packed = describe(features, std::vector(static_cast<std::size_t>(1 + draws), clip), 0);
    packed.frames =
        recorded.frames.index_select(0, torch::tensor(rows, torch::kInt64).to(recorded.frames.device()));
    return packed;
}

/// Whether features [N, W] with this mean squared length are one point, except for rounding of their type.
bool is_rounding(double variance, double squared_length, at::ScalarType type) {
    const double epsilon = type == torch::kFloat64 ? std::numeric_limits<double>::epsilon()
                                                   : std::numeric_limits<float>::epsilon();
    return variance <= 64 * epsilon * epsilon * squared_length;
}

double mean_square(const torch::Tensor& x) {
    return x.square().sum(1).mean().item<double>();
}

}  // namespace

double order_sensitivity(Method& method, const Features& features, std::span<const std::int64_t> clips,
                         dist::Group& group, std::int64_t draws) {
    TORCH_CHECK_VALUE(draws >= 1, "order sensitivity: draws must be positive, got ", draws);
    TORCH_CHECK_VALUE(
        std::ranges::all_of(
            clips,
            [&](auto clip) { return clip >= 0 && clip < features.clips() && features.length(clip) > 0; }),
        "order sensitivity: clip numbers must be in [0, ", features.clips(), "), of clips with frames");
    const auto with_order =
        std::ranges::count_if(clips, [&](auto clip) { return has_order(features.length(clip)); });
    if (with_order == 0) {
        return 0;
    }
    const EvalMode eval{method};
    const torch::NoGradGuard no_grad;
    const auto represent = [&](PackedClips packed) {
        packed.frames = packed.frames.to(group.device());
        return method.represent(packed);
    };
    const auto none = represent(gather(features, {}));  // [0, W]: width and type, on every rank
    const auto count = std::ssize(clips);
    // A row holds a clip's features and their mean squared movement over the draws.
    auto rows = torch::zeros({count, none.size(1) + 1}, none.options().dtype(torch::kFloat64));
    agree(group.communicator(), [&] {
        for (auto at = count * group.rank() / group.size(); at < count * (group.rank() + 1) / group.size();
             ++at) {
            const auto h = represent(permutations(features, clips[static_cast<std::size_t>(at)], draws))
                               .to(torch::kFloat64);  // [1 + draws, W]
            const auto movement = (h.slice(0, 1) - h.slice(0, 0, 1)).square().sum(1).mean();
            rows[at].copy_(torch::cat({h[0], movement.view({1})}));
        }
    });
    group.all_reduce_sum(rows);  // each row is zero on all ranks but one: nothing is rounded
    const auto h = rows.slice(1, 0, none.size(1));
    const auto variance = mean_square(h - h.mean(0, /*keepdim=*/true));
    if (is_rounding(variance, mean_square(h), none.scalar_type())) {
        return 0;
    }
    return rows.select(1, none.size(1)).sum().item<double>() / static_cast<double>(with_order) / variance;
}

}  // namespace sslslr
