#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "io/store/clip_store.hpp"
#include "src/data/keyed_random.hpp"
#include "src/synthetic/skeleton.hpp"
#include "src/synthetic/synthetic_config.hpp"

namespace sslslr {

/// The frames [first, last) of a clip show its class.
struct PlantedBoundary {
    std::int64_t first;
    std::int64_t last;
};

/// Synthetic signs for which the informative frames are known.
///
/// - order: a clip is a chain of movements, each from a rest pose through two poses and back, which fill its
///   frames without gaps. In the informative part, class c makes movement m forwards or backwards by one bit
///   of c: bits 0, 1, 2, ... belong to the first movement, the last, the second, the last but one, and so on
///   inwards. Before and after come movements drawn from the same ones, in random directions. A movement
///   backwards shows the same frames in reverse, so each movement's order, and nothing else, holds its bit,
///   and a view that permutes all frames of a movement has lost it.
/// - pose: a clip moves from pose to pose, and every class has poses of its own. Before and after its
///   informative part come poses of all classes, including its own, in a newly drawn order: each such frame
///   looks like an informative one, but they are independent of the class.
///
/// Everything is a pure function of the configuration: a clip depends on neither the number of clips nor the
/// machine.
class SyntheticSigns {
public:
    /// @throws ConfigError  a value is out of range
    explicit SyntheticSigns(SyntheticConfig config);

    /// Returns everything except the landmarks: labels "sign-01"..., signers "signer-1"...,
    /// points_of(PointSet::all), x and y.
    /// Classes take turns from clip to clip, and so do the signers within a class.
    io::ClipIndex index() const;

    const SyntheticConfig& config() const noexcept { return config_; }
    std::int64_t label_of(std::int64_t clip) const;
    std::int64_t length(std::int64_t clip) const;
    /// Returns the informative frames of a clip; they scale with its length, rounded half up.
    PlantedBoundary boundary(std::int64_t clip) const;

    /// Returns the pose numbers of a class in order; for the kind `order`, for each movement whether it is
    /// made backwards (1) or forwards (0).
    const std::vector<std::int64_t>& poses_of(std::int64_t label) const;

    /// Writes the landmarks of a clip.
    /// @param out  [length of the clip, 75, 2], shares of the image's width
    void draw(std::int64_t clip, std::span<float> out) const;

    /// How well the frames of one movement show its direction.
    struct Evidence {
        std::int64_t begin = 0;      ///< first frame
        std::vector<double> frames;  ///< for each: squared distance forwards to backwards, noise variances
    };
    /// Returns the evidence for the direction of each movement of a clip's sign, if its signer and its poses
    /// are known. Without noise, the distances are large, but finite.
    /// @throws ConfigError  the kind is not `order`
    std::vector<Evidence> direction_evidence(std::int64_t clip) const;

private:
    /// A posture at a time, in frames. Between keyframes the movement is smooth.
    struct Keyframe {
        double time;
        Posture posture;
    };
    struct Signer {
        Body body;
        Posture habit;  ///< added to every pose
        double tempo;   ///< if positive, poses come later than evenly spaced ones
    };

    /// Frames [begin, end) in which a movement is made; the first may lie before the clip.
    struct Movement {
        std::int64_t begin;
        std::int64_t end;
        std::int64_t number;
        bool backwards;
    };

    std::int64_t signer_number(std::int64_t clip) const;
    const Signer& signer_of(std::int64_t clip) const;
    KeyedRandom random_of(std::int64_t clip) const;
    std::vector<Keyframe> keyframes(std::int64_t clip) const;
    std::vector<Keyframe> keyframes_of_poses(std::int64_t clip) const;
    /// Adds poses in the frames [begin, end) before or after a sign.
    void append_coarticulation(std::vector<Keyframe>& keyframes, std::int64_t begin, std::int64_t end,
                               KeyedRandom& random) const;
    std::vector<Movement> movements(std::int64_t clip, KeyedRandom& random) const;
    std::vector<Keyframe> keyframes_of_movements(std::int64_t clip, const std::vector<Movement>& movements,
                                                 KeyedRandom& random) const;
    /// Calls `show` with each frame's time and points, without noise.
    void trace(const std::vector<Keyframe>& keyframes, const Body& body, std::int64_t frames,
               const std::function<void(std::int64_t, std::span<const double>)>& show) const;

    SyntheticConfig config_;
    std::vector<std::vector<std::int64_t>> signs_;  ///< see poses_of()
    std::vector<Posture> poses_;                    ///< for `order`: the rest pose, then two of each movement
    std::vector<Signer> signers_;
};

}  // namespace sslslr
