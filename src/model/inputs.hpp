#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include <torch/torch.h>

#include "src/data/features.hpp"

namespace sslslr {

// Shapes: B clips, S frames of all of them, P points of C coordinates and F features a frame (FeatureLayout),
// D inputs a frame.

/// What the encoder reads of a frame. A point at x = y = 0 exactly is missing: what is derived from it is 0.
enum class InputPart {
    positions,  ///< [P C] the landmarks as they are
    /// [P C] their change from the frame before, times velocity_frames; 0 at a clip's first frame
    velocities,
    bones,    ///< [points that hang on another, C] each relative to that one: see input_tables
    hands,    ///< [2 x 20 C] each hand's points relative to its wrist, in palms; positions say where that is
    validity  ///< [3] for each part of the body whether the frame showed it: the layout's flags
};
constexpr auto words(InputPart /*of*/) {
    return std::array{"positions", "velocities", "bones", "hands", "validity"};
}

/// Points by their number in the layout: each end is taken relative to its start.
struct PointPairs {
    std::vector<std::int64_t> ends;
    std::vector<std::int64_t> starts;
};

/// Which points inputs are derived from.
struct InputTables {
    /// Joints and what they hang on: of the face up to the nose, of arms, trunk and legs up to the shoulders,
    /// of hands up to their wrists. Nose, shoulders and the hands' wrists hang on nothing.
    PointPairs bones;
    PointPairs fingers;               ///< the points of the hands but the wrists, and the wrists
    std::vector<std::int64_t> hands;  ///< for each of them the number of its hand, a row of palms
    PointPairs palms;                 ///< of each hand middle_finger_mcp and wrist
};

/// @return those of them that the layout has
InputTables input_tables(const FeatureLayout& layout);

/// Velocities are changes in this many frames: as large as positions are, beside which a layer norm over all
/// inputs would drown changes from frame to frame (on the shipped store a tenth of positions, root mean
/// square).
inline constexpr double velocity_frames = 10;

/// A palm counts as at least this long, so that one seen edge-on does not blow its hand up. In shoulder
/// widths palms are about 0.2 long.
inline constexpr double smallest_palm = 0.01;

/// Derives the encoder's inputs from frames, by tensor operations: differentiable, on any device. Several
/// threads may call it at once.
class Inputs {
public:
    /// @param layout  of the frames
    /// @param parts   in any order; the result has them in the order of the enumeration, each once
    /// @throws c10::ValueError  the layout has nothing for one of the parts, or there are no parts
    Inputs(const FeatureLayout& layout, std::vector<InputPart> parts);

    /// In the order of the enumeration.
    const std::vector<InputPart>& parts() const noexcept { return parts_; }

    /// D
    std::int64_t width() const noexcept { return width_; }

    /// The palm that divides a hand is the distance of wrist and middle_finger_mcp in x and y, averaged over
    /// those frames of the clip that have both. A clip's inputs do not depend on the rest of the batch beyond
    /// rounding.
    ///
    /// @param frames   [S, F] float32 or float64, all finite
    /// @param offsets  [B + 1] where in frames each clip begins
    /// @return [S, D]
    torch::Tensor operator()(const torch::Tensor& frames, std::span<const std::int64_t> offsets) const;

private:
    /// Column numbers of pairs of points.
    struct Columns {
        torch::Tensor ends;
        torch::Tensor starts;

        Columns to(torch::Device device) const { return {ends.to(device), starts.to(device)}; }
    };
    /// Column numbers, all on one device.
    struct Tables {
        torch::Tensor x;  ///< [P C] for each column that of its point's x
        Columns bones;
        Columns fingers;
        Columns palms;
        torch::Tensor hand_of_column;  ///< [columns of fingers]
    };
    /// The landmarks of a batch.
    struct Landmarks {
        torch::Tensor values;  ///< [S, P C]
        torch::Tensor known;   ///< [S, P C] 1 or, where the point is missing, 0
    };
    class Clips;

    Columns columns_of(const PointPairs& pairs) const;
    /// Made at the first call for a device, and kept.
    const Tables& tables_on(torch::Device device) const;
    std::int64_t width_of(InputPart part) const;
    static torch::Tensor known(const torch::Tensor& frames, const Tables& tables);
    static torch::Tensor velocities_of(const Landmarks& landmarks, const Clips& clips);
    /// [S, columns] ends less starts; 0 where a point is missing.
    static torch::Tensor differences(const Landmarks& landmarks, const Columns& columns);
    torch::Tensor hands_of(const Landmarks& landmarks, const Clips& clips, const Tables& tables) const;

    std::int64_t points_;
    std::int64_t coordinates_;
    std::int64_t flags_;
    std::vector<InputPart> parts_;
    std::int64_t width_ = 0;
    Tables tables_;                                                ///< in host memory
    mutable std::mutex mutex_;                                     ///< of what follows
    mutable std::unordered_map<torch::Device, Tables> tables_on_;  ///< the same on other devices
};

}  // namespace sslslr
