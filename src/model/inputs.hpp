#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include <torch/types.h>

#include "src/data/features.hpp"

namespace sslslr {

// Shapes: B clips, S frames of all clips, P points of C coordinates and F features per frame (FeatureLayout),
// D inputs per frame.

/// The inputs of the encoder for a frame. A point at exactly x = y = 0 is missing; everything derived from it
/// is 0.
enum class InputPart {
    positions,  ///< [P C] the landmarks as given
    /// [P C] the change of positions since the frame before, times velocity_frames; 0 in the first frame of a
    /// clip
    velocities,
    bones,    ///< [points with a parent, C] each relative to its parent, see InputTables::bones
    hands,    ///< [2 x 20 C] each hand's points relative to its wrist, in palms
    validity  ///< [3] for each body part whether the frame shows it: the layout's flags
};
constexpr auto words(InputPart /*of*/) {
    return std::array{"positions", "velocities", "bones", "hands", "validity"};
}

/// Pairs of points, by their number in the layout. Each end is taken relative to its start.
struct PointPairs {
    std::vector<std::int64_t> ends;
    std::vector<std::int64_t> starts;
};

/// The points that inputs are derived from.
struct InputTables {
    /// Joints and their parents: points of the face lead to the nose, those of arms, trunk and legs to the
    /// shoulders, those of hands to their wrists. Nose, shoulders and the hands' wrists have no parent.
    PointPairs bones;
    PointPairs fingers;               ///< the points of the hands except the wrists, and the wrists
    std::vector<std::int64_t> hands;  ///< for each of these points the number of its hand, a row of palms
    PointPairs palms;                 ///< of each hand, middle_finger_mcp and wrist
};

/// Returns the tables with the pairs that the layout has.
InputTables input_tables(const FeatureLayout& layout);

/// Velocities are changes over this many frames, so that they are about as large as positions. Changes from
/// one frame to the next would be negligible in a layer norm over all inputs (on the shipped store they are a
/// tenth of positions, root mean square).
inline constexpr double velocity_frames = 10;

/// Lower bound on the length of a palm, which keeps a hand that is seen edge-on from being scaled up. In
/// shoulder widths, palms are about 0.2 long.
inline constexpr double smallest_palm = 0.01;

/// Derives the encoder's inputs from frames by tensor operations: differentiable and on any device. Several
/// threads may call it at once.
class Inputs {
public:
    /// @param layout  layout of the frames
    /// @param parts   in any order; the result has each of them once, in the order of the enumeration
    /// @throws c10::ValueError  there are no parts, or the layout lacks the points or flags for one
    Inputs(const FeatureLayout& layout, std::vector<InputPart> parts);

    /// The parts, in the order of the enumeration.
    const std::vector<InputPart>& parts() const noexcept { return parts_; }

    /// D, the number of inputs per frame.
    std::int64_t width() const noexcept { return width_; }

    /// Returns the inputs. The palm that divides a hand is the distance of wrist and middle_finger_mcp in x
    /// and y, averaged over the frames of the clip that show both. Beyond rounding, the inputs of a clip do
    /// not depend on the rest of the batch.
    ///
    /// @param frames   [S, F] float32 or float64, all finite
    /// @param offsets  [B + 1] where each clip begins in frames
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
        torch::Tensor x;  ///< [P C] for each column, that of its point's x
        Columns bones;
        Columns fingers;
        Columns palms;
        torch::Tensor hand_of_column;  ///< [columns of fingers]
    };
    /// The landmarks of a batch.
    struct Landmarks {
        torch::Tensor values;  ///< [S, P C]
        torch::Tensor known;   ///< [S, P C] 1, or 0 if the point is missing
    };
    class Clips;

    Columns columns_of(const PointPairs& pairs) const;
    /// Returns the tables on a device. They are copied there at the first call and kept.
    const Tables& tables_on(torch::Device device) const;
    std::int64_t width_of(InputPart part) const;
    static torch::Tensor known(const torch::Tensor& frames, const Tables& tables);
    static torch::Tensor velocities_of(const Landmarks& landmarks, const Clips& clips);
    /// Returns ends less starts, [S, columns]; 0 if a point is missing.
    static torch::Tensor differences(const Landmarks& landmarks, const Columns& columns);
    torch::Tensor hands_of(const Landmarks& landmarks, const Clips& clips, const Tables& tables) const;

    std::int64_t points_;
    std::int64_t coordinates_;
    std::int64_t flags_;
    std::vector<InputPart> parts_;
    std::int64_t width_ = 0;
    Tables tables_;                                                ///< in host memory
    mutable std::mutex mutex_;                                     ///< guards tables_on_
    mutable std::unordered_map<torch::Device, Tables> tables_on_;  ///< copies on other devices
};

}  // namespace sslslr
