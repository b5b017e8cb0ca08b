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

// Shapes: T frames, P points and C coordinates of a clip in the store; T' frames and F features of the
// result.

/// How a clip that is too long is shortened.
enum class Shortening {
    resample,  ///< to evenly spaced frames
    first      ///< only the first frames are kept
};
constexpr auto words(Shortening /*of*/) {
    return std::array{"resample", "first"};
}

struct PreprocessConfig {
    PointSet points = PointSet::upper_body;
    std::int64_t coordinates = 2;  ///< 2 (x, y) or 3 (x, y, z)
    bool smooth = false;           ///< Savitzky-Golay, window 7, degree 2
    bool normalise = true;         ///< centre and scale by shoulders or palms; off: raw coordinates
    std::int64_t frames = 64;      ///< most frames of a clip after preprocessing
    Shortening shorten = Shortening::resample;
    bool canonical_hand = false;  ///< clips whose left hand is dominant are mirrored
    bool validity = false;        ///< one more feature for each part: 1 where the recorded frame shows it

    bool operator==(const PreprocessConfig&) const = default;
};

/// Turns a clip of a store into features. A pure function of the clip, which takes these steps in order:
///
/// 1. Choose points by name, in the order of points_of, and coordinates. Values that are not finite or beyond
///    10^6 count as not detected.
/// 2. Fill gaps in time, coordinate by coordinate. A body part that was not detected at all in a frame is
///    thereby interpolated as a whole; if only some of its points were not detected, the others keep their
///    values.
/// 3. Smooth, if configured.
/// 4. Subtract the midpoint of the shoulders and divide by their distance in x and y, both averaged over the
///    clip. In a clip without shoulders, the hands' centre and the palm size replace them (see BodyOrigin).
/// 5. Shorten to at most `frames` frames. Shorter clips are never stretched.
/// 6. Set values that were never detected to 0.
/// 7. Append the validity flags, if configured: a part counts as shown where any of its values was detected
///    in step 1. Flags are shortened as coordinates are, so they may be between 0 and 1.
/// 8. Mirror clips whose left hand is dominant, with left and right exchanged, if configured.
class Preprocessor {
public:
    /// @param points       [P] point names of the store
    /// @param coordinates  C of the store
    /// @throws ConfigError  an option is out of range, or the store lacks points or coordinates
    Preprocessor(PreprocessConfig config, const std::vector<std::string>& points, std::int64_t coordinates);

    const FeatureLayout& layout() const noexcept { return layout_; }

    /// Returns T' of a clip of T frames, in [1, T] if T is at least 1; 0 if T is 0.
    std::int64_t length(std::int64_t frames) const;

    /// @param clip  [T, P, C], T >= 1, NaN = not detected
    /// @return [T', F], all finite
    std::vector<float> operator()(std::span<const float> clip) const;
    /// The same, written to `out`, [T', F].
    /// @return the unit that the clip was centred and scaled by; none without normalisation
    BodyUnit operator()(std::span<const float> clip, std::span<float> out) const;

private:
    /// @param has_gaps  set to whether any value was not detected
    TimeSeries choose(std::span<const float> clip, bool& has_gaps) const;
    Origin as_recorded() const;
    static void normalise(TimeSeries& series, const Origin& origin);
    /// Returns the validity flags, [T, parts]; no columns unless configured.
    /// @param series  before gaps are filled
    TimeSeries validity(const TimeSeries& series) const;
    /// Whether the left hand is dominant, that is whether activity(left) > activity(right), where
    ///
    ///     activity(hand) = sum over its t of |wrist(t) - mean over its t of wrist| in x and y
    ///
    /// and the hand's t are the frames in which its wrist was detected. So the hand wins that is shown more
    /// often and moves more widely; jitter at rest counts little. A tie, for example of two hands that were
    /// never detected, counts as right-handed.
    /// @param series  before gaps are filled
    bool is_left_handed(const TimeSeries& series) const;
    void shorten(TimeSeries& series) const;
    void write(const TimeSeries& series, const Origin& origin, const TimeSeries& flags,
               std::span<float> out) const;

    /// Columns that are adjacent in the store, too. `from` is the place of the first one in a frame of the
    /// store.
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
