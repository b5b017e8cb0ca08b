#include "src/augment/augmentation.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/augment/boundary_order.hpp"
#include "src/augment/classical.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

void check(const AugmentationConfig& config) {
    require(config.rotation_degrees >= 0 && config.rotation_degrees <= 180, "rotation-degrees",
            config.rotation_degrees, "0 to 180 degrees");
    require(config.blur_sigma_min > 0 && config.blur_sigma_min <= config.blur_sigma_max &&
                config.blur_sigma_max <= 100,
            fmt::format("{}: expected {} to 100 frames", io::setting("blur-sigma-max", config.blur_sigma_max),
                        config.blur_sigma_min));
    require(config.flip_probability >= 0 && config.flip_probability <= 1, "flip-probability",
            config.flip_probability, "a probability, 0 to 1");
}

double between(double low, double high, KeyedRandom random) {
    return low + (high - low) * random.uniform();
}

}  // namespace

Augmentation::Augmentation(const AugmentationConfig& config, const FeatureLayout& layout, std::uint64_t seed)
    : config_{config}, layout_{layout}, seed_{seed} {
    check(config_);
    if (is_classical(config_.kind)) {
        partners_ = mirrored_features(layout_);
    }
    if (is_skeleton(config_.kind)) {
        skeleton_.emplace(config_.skeleton, layout_, seed_);
    }
}

PackedClips Augmentation::make_view(const PackedClips& recorded, std::int64_t epoch,
                                    std::int64_t view) const {
    TORCH_CHECK_VALUE(view >= 0 && view <= 2, "view ", view, ": there are 0, 1 and 2");
    if (view == 0) {
        return recorded;
    }
    auto made = recorded;
    std::ranges::fill(made.views, view);
    if (!is_classical(config_.kind)) {
        const auto rows = rows_of(made, epoch);
        made.frames = skeleton_ ? (*skeleton_)(made, epoch, rows)
                                : recorded.frames.index_select(
                                      0, torch::tensor(rows, torch::kInt64).to(recorded.frames.device()));
        return made;
    }
    TORCH_CHECK_VALUE(recorded.frames.is_cpu(),
                      "classical augmentation needs features in host memory, not on ",
                      recorded.frames.device());
    made.frames = torch::empty_like(recorded.frames);
    if (made.frames.scalar_type() == torch::kFloat64) {
        fill<double>(made, recorded, epoch);
    } else {
        fill<float>(made, recorded, epoch);
    }
    return made;
}

ClipBoundary Augmentation::boundary_of(std::int64_t frames, const ViewKey& key) const {
    if (config_.boundary == BoundaryKind::drawn) {
        // The key leaves out the view: both views permute the same frames.
        KeyedRandom random{seed_, Purpose::boundary_length, {key.epoch, key.clip}};
        const auto choices = static_cast<std::uint32_t>(config_.longest.frames_of(frames) + 1);
        const std::int64_t k1 = random.below(choices);
        const std::int64_t k2 = random.below(choices);
        return {k1, k2};
    }
    return {config_.k1.frames_of(frames), config_.k2.frames_of(frames)};
}

std::vector<std::int64_t> Augmentation::frame_order(std::int64_t frames, const ViewKey& key) const {
    std::vector<std::int64_t> order(static_cast<std::size_t>(frames));
    if (permutes(config_.kind) && (config_.permuted_views == PermutedViews::both || key.view == 1)) {
        KeyedRandom random{seed_, Purpose::permutation, {key.epoch, key.clip, key.view}};
        const auto [k1, k2] = boundary_of(frames, key);
        boundary_order(order, k1, k2, random);
    } else {
        std::iota(order.begin(), order.end(), std::int64_t{0});
    }
    return order;
}

std::vector<std::int64_t> Augmentation::rows_of(const PackedClips& view, std::int64_t epoch) const {
    std::vector<std::int64_t> rows;
    rows.reserve(static_cast<std::size_t>(view.offsets.back()));
    for (std::int64_t at = 0; at < view.clips(); ++at) {
        const auto first = view.offsets[static_cast<std::size_t>(at)];
        for (const auto frame : frame_order(view.length(at), key_of(view, at, epoch))) {
            rows.push_back(first + frame);
        }
    }
    return rows;
}

ViewKey Augmentation::key_of(const PackedClips& batch, std::int64_t at, std::int64_t epoch) {
    return {.epoch = static_cast<std::uint64_t>(epoch),
            .clip = static_cast<std::uint64_t>(batch.ids[static_cast<std::size_t>(at)]),
            .view = static_cast<std::uint64_t>(batch.views[static_cast<std::size_t>(at)])};
}

template <class Value>
void Augmentation::fill(PackedClips& view, const PackedClips& recorded, std::int64_t epoch) const {
    const auto width = layout_.width();
    const Value* source = recorded.frames.const_data_ptr<Value>();
    Value* target = view.frames.mutable_data_ptr<Value>();
    for (std::int64_t at = 0; at < view.clips(); ++at) {
        const auto first = view.offsets[static_cast<std::size_t>(at)] * width;
        const auto values = static_cast<std::size_t>(view.length(at) * width);
        make_clip<Value>({source + first, values}, key_of(view, at, epoch), {target + first, values});
    }
}

template <class Value>
void Augmentation::make_clip(std::span<const Value> clip, const ViewKey& key, std::span<Value> out) const {
    const auto random_for = [&](Purpose purpose) {
        return KeyedRandom{seed_, purpose, {key.epoch, key.clip, key.view}};
    };
    const auto width = layout_.width();
    const auto frames = static_cast<std::int64_t>(clip.size()) / width;
    const auto order = frame_order(frames, key);

    const auto operation = operation_of(key);
    if (operation == Operation::blur) {  // before the permutation: it needs the frames in their own order
        blur<Value>(clip, layout_, order,
                    between(config_.blur_sigma_min, config_.blur_sigma_max, random_for(Purpose::blur)), out);
        return;
    }
    for (Value* target = out.data(); const auto frame : order) {
        target = std::copy_n(clip.data() + frame * width, width, target);
    }
    if (operation == Operation::rotation) {
        const double largest = config_.rotation_degrees;
        rotate<Value>(out, layout_, between(-largest, largest, random_for(Purpose::rotation)));
    } else if (operation == Operation::flip &&
               between(0, 1, random_for(Purpose::flip)) < config_.flip_probability) {
        mirror<Value>(out, layout_, partners_);
    }
}

Augmentation::Operation Augmentation::operation_of(const ViewKey& key) const {
    if (!is_classical(config_.kind)) {
        return Operation::none;
    }
    // The key leaves out the view: both views of a clip share the draw of two different operations.
    KeyedRandom random{seed_, Purpose::choice, {key.epoch, key.clip}};
    const auto first = random.below(3);
    const auto second = (first + 1 + random.below(2)) % 3;
    return static_cast<Operation>(key.view == 1 ? first : second);
}

}  // namespace sslslr
