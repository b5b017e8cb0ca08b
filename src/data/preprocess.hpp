#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/data/body_origin.hpp"
#include "src/data/features.hpp"
#include "src/data/points.hpp"
#include "src/data/time_series.hpp"

namespace sslslr {

// Shapes: T frames, P points and C coordinates of a store's clip; T' frames and F features of the result.

/// What becomes of the frames that a clip has too many.
enum class Shortening {
    resample,  ///< evenly
    first      ///< only the first are kept
};
constexpr auto words(Shortening /*of*/) {
    return std::array{"resample", "first"};
}

struct PreprocessConfig {
    PointSet points = PointSet::upper_body;
    std::int64_t coordinates = 2;  ///< 2 (x, y) or 3 (x, y, z)
    bool smooth = false;           ///< Savitzky-Golay, window 7, degree 2
    bool normalise = true;         ///< centre and scale by shoulders or palms; off: raw coordinates
    std::int64_t frames = 64;      ///< the most a clip keeps
    Shortening shorten = Shortening::resample;
    bool canonical_hand = false;  ///< clips whose left hand is dominant are mirrored
    bool validity = false;        ///< one more feature a part: 1 where the recorded frame shows it, else 0

    bool operator==(const PreprocessConfig&) const = default;
};

/// Turns a clip of a store into features: a pure function of the clip, in this order.
///
/// 1. Choose points by name, in the order of points_of, and coordinates. Values that are not finite or beyond
///    10^6 count as not detected.
/// 2. Fill gaps coordinate by coordinate, in time. A part that was not detected as a whole is thereby
///    interpolated as a whole; a part of which some points were not detected keeps the others.
/// 3. Smooth, if asked.
/// 4. Subtract the midpoint of the shoulders and divide by their distance in x and y, both averaged over the
///    clip. In a clip without shoulders the hands' centre and the palm size take their place (see
///    BodyOrigin).
/// 5. Shorten to at most `frames` frames. Shorter clips are never stretched.
/// 6. What was never detected becomes 0.
/// 7. Append the flags of validity, if asked: a part is there where any of its values was detected in step 1.
///    They are shortened as coordinates are, so that they may lie between 0 and 1.
/// 8. Mirror a clip whose left hand is dominant, if asked, with exchange of left and right.
class Preprocessor {
public:
    /// @param points       [P] point names of the store
    /// @param coordinates  C of the store
    /// @throws ConfigError  an option out of range, points or coordinates that the store lacks
    Preprocessor(PreprocessConfig config, const std::vector<std::string>& points, std::int64_t coordinates);

    const FeatureLayout& layout() const noexcept { return layout_; }

    /// T' of a clip of T frames: at least 1 if T is, 0 if T is 0.
    std::int64_t length(std::int64_t frames) const;

    /// @param clip  [T, P, C], T >= 1, NaN = not detected
    /// @return [T', F], all finite
    std::vector<float> operator()(std::span<const float> clip) const;
    /// The same into `out`, [T', F].
    /// @return what the clip was centred and scaled by; none without normalisation
    BodyUnit operator()(std::span<const float> clip, std::span<float> out) const;

private:
    /// @param has_gaps  becomes whether anything was not detected
    TimeSeries choose(std::span<const float> clip, bool& has_gaps) const;
    Origin as_recorded() const;
    static void normalise(TimeSeries& series, const Origin& origin);
    /// [T, parts] flags of validity; no columns unless asked. @param series  before gaps are filled
    TimeSeries validity(const TimeSeries& series) const;
    /// Whether the left hand is dominant: whether activity(left) > activity(right), where
    ///
    ///     activity(hand) = sum over its t of |wrist(t) - mean over its t of wrist| in x and y
    ///
    /// and the hand's t are the frames in which its wrist was detected. So the hand counts that is seen more
    /// and ranges more widely; jitter at rest hardly does. A tie, as of two hands never detected, is
    /// right-handed.
    /// @param series  before gaps are filled
    bool is_left_handed(const TimeSeries& series) const;
    void shorten(TimeSeries& series) const;
    void write(const TimeSeries& series, const Origin& origin, const TimeSeries& flags,
               std::span<float> out) const;

    /// Columns that lie side by side in the store, too: `from` is where the first of them stands in its
    /// frame.
    struct Run {
        std::int64_t from;
        std::int64_t columns;
    };

    PreprocessConfig config_;
    FeatureLayout layout_;
    std::int64_t frame_values_;             ///< P * C
    std::vector<Run> runs_;                 ///< all columns in order
    std::vector<BodyPart> parts_;           ///< of layout_.points
    std::optional<BodyOrigin> origin_of_;   ///< of layout_.points
    std::array<std::int64_t, 2> wrists_{};  ///< first columns of the left and the right hand's
    std::vector<std::int64_t> partners_;    ///< mirrored_features
};

}  // namespace sslslr
