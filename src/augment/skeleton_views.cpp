#include "src/augment/skeleton_views.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "src/data/mirror.hpp"
#include "src/data/tensor_hash.hpp"

namespace sslslr {
namespace {

torch::Tensor whole_numbers(const std::vector<std::int64_t>& values, at::Device device) {
    return torch::tensor(values, torch::kInt64).to(device);
}

}  // namespace

/// The draws for the clips of a view, and the rows of each clip.
struct SkeletonViews::Rows {
    std::vector<ViewDraw> draws;           ///< [B]
    std::span<const std::int64_t> firsts;  ///< [B + 1] each clip's first row
    std::vector<std::int64_t> clips;       ///< [S] each row's clip
    std::vector<std::int64_t> frames;      ///< [S] each row's frame in the view, before frames are permuted
    torch::TensorOptions like;             ///< device and dtype of the recorded frames

    /// Returns [S] value_of(draw, frame) of each row, on the device.
    template <class Value>
    torch::Tensor each(const Value& value_of) const {
        using Number = std::decay_t<decltype(value_of(draws.front(), 0))>;
        std::vector<Number> values;
        values.reserve(clips.size());
        for (std::size_t row = 0; row < clips.size(); ++row) {
            values.push_back(value_of(draws[static_cast<std::size_t>(clips[row])], frames[row]));
        }
        return torch::tensor(values, c10::CppTypeToScalarType<Number>::value).to(like.device());
    }
};

SkeletonViews::SkeletonViews(const SkeletonViewsConfig& config, const FeatureLayout& layout,
                             std::uint64_t seed)
    : config_{config}, layout_{layout}, seed_{seed}, parts_{sslslr::parts_of(layout.points)} {
    check(config_, layout_);
    std::vector<double> jitter;
    for (const auto& point : layout_.points) {
        const bool is_hand = std::ranges::find(hand_parts, part_of(point)) != hand_parts.end();
        jitter.push_back((is_hand ? config_.jitter_hands : config_.jitter_body) / byte_sum_deviation);
    }
    jitter_scale_ = torch::tensor(jitter, torch::kFloat64);
    if (config_.mirror > 0) {
        const auto partners = torch::tensor(mirrored_features(layout_), torch::kInt64);
        const auto width = layout_.landmark_width();
        mirrored_points_ = partners.slice(0, 0, width, layout_.coordinates).floor_divide(layout_.coordinates);
        mirrored_flags_ = partners.slice(0, width) - width;
    }
}

torch::Tensor SkeletonViews::operator()(const PackedClips& view, std::int64_t epoch,
                                        std::span<const std::int64_t> order) const {
    const auto rows = rows_of(view, epoch, order);
    auto parts = parts_of(view.frames);
    if (config_.time_crop < 1 || config_.speed_warp > 0) {
        resample(rows, parts);
    } else {
        select(whole_numbers({order.begin(), order.end()}, view.frames.device()), parts);
    }
    if (config_.mirror > 0) {
        mirror(rows, parts);
    }
    if (is_affine()) {
        move(rows, parts);
    }
    if (config_.jitter_body > 0 || config_.jitter_hands > 0) {
        jitter(rows, parts);
    }
    if (config_.hide_points > 0) {
        hide_points(rows, parts);
    }
    if (config_.hide_hand > 0 || config_.hide_frames > 0) {
        hide_hands(rows, parts);
    }
    return frames_of(parts);
}

SkeletonViews::Rows SkeletonViews::rows_of(const PackedClips& view, std::int64_t epoch,
                                           std::span<const std::int64_t> order) const {
    Rows rows{.firsts = view.offsets, .like = view.frames.options()};
    for (std::int64_t at = 0; at < view.clips(); ++at) {
        const auto clip = static_cast<std::size_t>(at);
        rows.draws.emplace_back(config_, layout_, seed_,
                                ViewKey{.epoch = static_cast<std::uint64_t>(epoch),
                                        .clip = static_cast<std::uint64_t>(view.ids[clip]),
                                        .view = static_cast<std::uint64_t>(view.views[clip])},
                                view.length(at));
        for (auto row = view.offsets[clip]; row < view.offsets[clip + 1]; ++row) {
            rows.clips.push_back(at);
            rows.frames.push_back(order[static_cast<std::size_t>(row)] - view.offsets[clip]);
        }
    }
    return rows;
}

bool SkeletonViews::is_affine() const {
    return config_.mirror > 0 || config_.rotation_degrees > 0 || config_.scale > 0 || config_.shear > 0 ||
           config_.shift > 0;
}

SkeletonViews::Parts SkeletonViews::parts_of(const torch::Tensor& frames) const {
    const auto width = layout_.landmark_width();
    Parts parts;
    for (std::int64_t coordinate = 0; coordinate < layout_.coordinates; ++coordinate) {
        parts.coordinates.push_back(frames.slice(1, coordinate, width, layout_.coordinates).contiguous());
    }
    parts.missing = parts.coordinates[0].eq(0).logical_and_(parts.coordinates[1].eq(0));
    parts.flags = frames.slice(1, width);
    return parts;
}

void SkeletonViews::select(const torch::Tensor& rows, Parts& view) {
    for (auto& coordinate : view.coordinates) {
        coordinate = coordinate.index_select(0, rows);
    }
    view.missing = view.missing.index_select(0, rows);
    view.flags = view.flags.index_select(0, rows);
}

void SkeletonViews::resample(const Rows& rows, Parts& view) const {
    std::vector<std::int64_t> earlier;  // rows of the recorded frames
    std::vector<std::int64_t> later;
    std::vector<double> weights;  // of the later rows
    for (std::size_t row = 0; row < rows.clips.size(); ++row) {
        const auto clip = static_cast<std::size_t>(rows.clips[row]);
        const auto last = rows.firsts[clip + 1] - 1 - rows.firsts[clip];
        const double duration = static_cast<double>(std::max<std::int64_t>(last, 1));
        const double shown =
            duration * rows.draws[clip].time(static_cast<double>(rows.frames[row]) / duration);
        const double time = std::clamp(shown, 0.0, static_cast<double>(last));
        const auto frame = static_cast<std::int64_t>(time);
        earlier.push_back(rows.firsts[clip] + frame);
        later.push_back(rows.firsts[clip] + std::min(frame + 1, last));
        weights.push_back(time - static_cast<double>(frame));
    }
    const auto weight = torch::tensor(weights, torch::kFloat64).to(rows.like).unsqueeze(1);
    auto other = view;
    select(whole_numbers(earlier, rows.like.device()), view);
    select(whole_numbers(later, rows.like.device()), other);

    const auto is_later = weight.ge(0.5);
    const auto lacks_one = view.missing.logical_or(other.missing);
    const auto mixed = torch::where(lacks_one, is_later.to(rows.like), weight);
    for (std::size_t i = 0; i < view.coordinates.size(); ++i) {
        auto& coordinate = view.coordinates[i];
        coordinate.add_(other.coordinates[i].sub_(coordinate).mul_(mixed));
    }
    view.missing = torch::where(is_later, other.missing, view.missing);
    view.flags.add_(other.flags.sub_(view.flags).mul_(weight));
}

void SkeletonViews::mirror(const Rows& rows, Parts& view) const {
    std::vector<std::int64_t> mirrored;
    for (std::size_t row = 0; row < rows.clips.size(); ++row) {
        if (rows.draws[static_cast<std::size_t>(rows.clips[row])].is_mirrored) {
            mirrored.push_back(static_cast<std::int64_t>(row));
        }
    }
    const auto those = whole_numbers(mirrored, rows.like.device());
    const auto exchange = [&](torch::Tensor& values, const torch::Tensor& partners) {
        values.index_copy_(0, those,
                           values.index_select(0, those).index_select(1, partners.to(rows.like.device())));
    };
    for (auto& coordinate : view.coordinates) {
        exchange(coordinate, mirrored_points_);
    }
    exchange(view.missing, mirrored_points_);
    exchange(view.flags, mirrored_flags_);
}

void SkeletonViews::move(const Rows& rows, Parts& view) const {
    const auto factor = [&](double Affine::*of) {
        return rows.each([&](const ViewDraw& draw, std::int64_t) { return draw.affine.*of; })
            .to(rows.like)
            .unsqueeze(1);
    };
    const auto x = view.coordinates[0];
    const auto y = view.coordinates[1];
    view.coordinates[0] =
        x.mul(factor(&Affine::xx)).add_(y.mul(factor(&Affine::xy))).add_(factor(&Affine::x0));
    view.coordinates[1] =
        x.mul(factor(&Affine::yx)).add_(y.mul(factor(&Affine::yy))).add_(factor(&Affine::y0));
}

void SkeletonViews::jitter(const Rows& rows, Parts& view) const {
    const auto keys =
        rows.each([](const ViewDraw& draw, std::int64_t frame) {
                return static_cast<std::int32_t>(mix({draw.jitter, static_cast<std::uint64_t>(frame)}));
            })
            .unsqueeze(1);
    const auto scale = jitter_scale_.to(rows.like);
    const auto points = torch::arange(std::ssize(layout_.points), keys.options());
    for (std::int64_t i = 0; i < 2; ++i) {  // x and y
        auto words = hash_words(keys, 2 * points + i);
        auto noise = centred_byte_sums_(words).to(rows.like);
        view.coordinates[static_cast<std::size_t>(i)].add_(noise.mul_(scale));
    }
}

void SkeletonViews::hide_points(const Rows& rows, Parts& view) const {
    std::vector<std::uint8_t> lacks;
    for (const auto& draw : rows.draws) {
        lacks.insert(lacks.end(), draw.lacks_point.begin(), draw.lacks_point.end());
    }
    const auto of_clips = torch::tensor(lacks, torch::kBool)
                              .view({std::ssize(rows.draws), std::ssize(layout_.points)})
                              .to(rows.like.device());
    view.missing.logical_or_(of_clips.index_select(0, whole_numbers(rows.clips, rows.like.device())));
}

void SkeletonViews::hide_hands(const Rows& rows, Parts& view) const {
    for (std::size_t hand = 0; hand < hand_parts.size(); ++hand) {
        const auto part = std::ranges::find(parts_, hand_parts[hand], &BodyPart::name);
        if (part == parts_.end()) {
            continue;
        }
        const auto lacks = rows.each([&](const ViewDraw& draw, std::int64_t frame) {
                                   const bool is_in_stretch =
                                       frame >= draw.stretch_begin && frame < draw.stretch_end;
                                   return static_cast<std::uint8_t>(draw.lacks_hand[hand] || is_in_stretch);
                               })
                               .to(torch::kBool);
        view.missing.slice(1, part->first, part->last).logical_or_(lacks.unsqueeze(1));
        if (layout_.flags > 0) {
            view.flags.select(1, part - parts_.begin()).masked_fill_(lacks, 0);
        }
    }
}

torch::Tensor SkeletonViews::frames_of(const Parts& view) const {
    auto frames = torch::empty({view.missing.size(0), layout_.width()}, view.flags.options());
    const auto width = layout_.landmark_width();
    for (std::int64_t i = 0; i < layout_.coordinates; ++i) {
        auto column = frames.slice(1, i, width, layout_.coordinates);
        torch::where_out(column, view.missing, torch::zeros({}, frames.options()),
                         view.coordinates[static_cast<std::size_t>(i)]);
    }
    frames.slice(1, width).copy_(view.flags);
    return frames;
}

}  // namespace sslslr
