#include "io/store/clip_print.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "io/file/checksum.hpp"
#include "io/store/half.hpp"

namespace sslslr::io {
namespace {

constexpr std::ptrdiff_t least_common = 3;    // trajectories: 96 bits of hash
constexpr std::size_t least_detected = 4;     // frames of a trajectory
constexpr std::size_t frames_per_change = 8;  // a longer trajectory must move more often

/// Whether a trajectory can identify a clip. @param halves  x and y of each frame, canonical
bool is_telling(std::span<const std::uint16_t> halves) {
    const auto frames = halves.size() / 2;
    std::size_t detected = 0;
    std::size_t changes = 0;
    std::size_t last = 0;  // last frame in which it was detected
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const auto x = halves[2 * frame];
        const auto y = halves[2 * frame + 1];
        if (x == half_nan || y == half_nan) {
            continue;
        }
        changes += detected > 0 && (x != halves[2 * last] || y != halves[2 * last + 1]) ? 1 : 0;
        last = frame;
        ++detected;
    }
    return frames > 0 && detected >= std::min(frames, least_detected) &&
           changes >= std::min(frames - 1, 2 + frames / frames_per_change);
}

std::ptrdiff_t known_of(const ClipPrint& print) {
    return std::ssize(print.trajectories) - std::ranges::count(print.trajectories, 0U);
}

}  // namespace

bool ClipPrint::is_recognisable() const {
    return known_of(*this) >= least_common;
}

bool show_the_same(const ClipPrint& a, const ClipPrint& b) {
    if (a.frames != b.frames) {
        return false;
    }
    std::array<std::uint32_t, printed_points.size()> common{};
    std::ptrdiff_t equal = 0;
    for (std::size_t i = 0; i < common.size(); ++i) {
        if (a.trajectories[i] != 0 && a.trajectories[i] == b.trajectories[i]) {
            common[static_cast<std::size_t>(equal++)] = a.trajectories[i];
        }
    }
    // Points with equal trajectories, such as an estimator's default position, count once.
    const auto end = common.begin() + equal;
    std::sort(common.begin(), end);
    return 2 * equal >= std::min(known_of(a), known_of(b)) &&
           std::unique(common.begin(), end) - common.begin() >= least_common;
}

ClipPrinter::ClipPrinter(const std::vector<std::string>& point_names, std::int64_t coordinates)
    : frame_values_{point_names.size() * static_cast<std::size_t>(coordinates)} {
    std::ranges::transform(printed_points, columns_.begin(), [&](std::string_view point) {
        const auto found = std::ranges::find(point_names, point);
        return found == point_names.end() || coordinates < 2 ? -1
                                                             : (found - point_names.begin()) * coordinates;
    });
}

ClipPrint ClipPrinter::operator()(std::span<const float> landmarks) const {
    ClipPrint print;
    if (landmarks.empty()) {
        return print;
    }
    print.frames = static_cast<std::uint32_t>(landmarks.size() / frame_values_);
    print.is_detected = std::ranges::any_of(landmarks, [](float value) { return !std::isnan(value); });
    if (print.is_detected) {
        std::ranges::transform(columns_, print.trajectories.begin(), [&](std::int64_t column) {
            return column < 0 ? 0 : trajectory(landmarks, static_cast<std::size_t>(column));
        });
    }
    return print;
}

std::uint32_t ClipPrinter::trajectory(std::span<const float> landmarks, std::size_t column) const {
    // Reused, because each clip takes 17 calls.
    thread_local std::vector<float> values;
    thread_local std::vector<std::uint16_t> halves;
    values.clear();
    for (auto at = column; at < landmarks.size(); at += frame_values_) {
        values.push_back(landmarks[at]);
        values.push_back(landmarks[at + 1]);
    }
    halves.resize(values.size());
    halves_of_floats(values, halves);
    std::ranges::transform(halves, halves.begin(), canonical);
    if (!is_telling(halves)) {
        return 0;
    }
    return std::max<std::uint32_t>(static_cast<std::uint32_t>(checksum(std::as_bytes(std::span{halves}))), 1);
}

std::vector<ClipPrint> prints_of(const ClipStore& store, std::span<const std::int64_t> clips) {
    const auto& index = store.index();
    const auto frame_values = index.point_names.size() * static_cast<std::size_t>(index.coordinates);
    const ClipPrinter print{index.point_names, index.coordinates};
    std::vector<ClipPrint> prints;
    std::vector<float> landmarks;
    for (const auto clip : clips) {
        const auto at = static_cast<std::size_t>(clip);
        landmarks.resize(static_cast<std::size_t>(index.offsets[at + 1] - index.offsets[at]) * frame_values);
        store.read(clip, clip + 1, landmarks);
        prints.push_back(print(landmarks));
    }
    return prints;
}

PrintIndex::PrintIndex(std::vector<ClipPrint> prints) : prints_{std::move(prints)} {
    for (std::size_t clip = 0; clip < prints_.size(); ++clip) {
        for (const auto trajectory : prints_[clip].trajectories) {
            if (trajectory != 0) {
                entries_.push_back({trajectory, static_cast<std::uint32_t>(clip)});
            }
        }
    }
    std::ranges::sort(entries_, {}, [](const Entry& entry) {
        return std::pair{entry.trajectory, entry.clip};
    });
}

std::span<const PrintIndex::Entry> PrintIndex::entries_of(std::uint32_t trajectory) const {
    const auto range = std::ranges::equal_range(entries_, trajectory, {}, &Entry::trajectory);
    return {range.begin(), range.end()};
}

std::int64_t PrintIndex::find(const ClipPrint& print) const {
    std::vector<std::span<const Entry>> places;
    for (const auto trajectory : print.trajectories) {
        if (trajectory != 0) {
            places.push_back(entries_of(trajectory));
        }
    }
    // Rarest trajectory first: few of the clips that share a common one have the same content.
    std::ranges::sort(places, {}, [](const auto& entries) { return entries.size(); });
    for (const auto& entries : places) {
        for (const auto& entry : entries) {
            if (show_the_same(print, prints_[entry.clip])) {
                return entry.clip;
            }
        }
    }
    return -1;
}

Repeated repeated_in(const PrintIndex& index, std::span<const ClipPrint> prints) {
    Repeated repeated;
    for (std::size_t i = 0; i < prints.size(); ++i) {
        if (const auto found = index.find(prints[i]); found >= 0 && repeated.count++ == 0) {
            repeated.first = i;
            repeated.original = static_cast<std::size_t>(found);
        }
    }
    return repeated;
}

}  // namespace sslslr::io
