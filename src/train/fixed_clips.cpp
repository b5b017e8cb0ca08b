#include "src/train/fixed_clips.hpp"

#include <algorithm>

#include "src/data/keyed_random.hpp"
#include "src/evaluate/embed.hpp"
#include "src/evaluate/eval_mode.hpp"
#include "src/model/batch_norm.hpp"

namespace sslslr {
namespace {

constexpr std::size_t most_clips = 64;
constexpr std::int64_t clips_a_pass = 8;  // few, so that several ranks share the work

}  // namespace

std::vector<std::int64_t> fixed_clips(std::span<const std::int64_t> of) {
    std::vector<std::int64_t> clips{of.begin(), of.end()};
    std::ranges::sort(clips);
    KeyedRandom random{0, Purpose::measured_clips, {}};
    shuffle(std::span{clips}, random);
    clips.resize(std::min(clips.size(), most_clips));
    std::ranges::sort(clips);
    return clips;
}

OutputSpread measure_spread(Method& method, const Features& features, std::span<const std::int64_t> clips,
                            dist::Group& group) {
    const EvalMode eval{method};
    const torch::NoGradGuard no_grad;
    const auto h = embed(method, features, clips, group, {.batch = clips_a_pass});  // [clips, W]
    OutputSpread spread{.features = spread_of(h), .projections = {}};
    const StatisticsOfRows before_any_batch{method};
    if (const auto z = method.project(h, group); z.defined()) {
        spread.projections = spread_of(z);
    }
    return spread;
}

}  // namespace sslslr
