#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "src/augment/augmentation.hpp"
#include "src/data/epoch_order.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

struct BatchConfig {
    std::int64_t global_batch = 64;  ///< clips a step, over all ranks
    std::uint64_t seed = 0;          ///< of order, augmentation and dropout
    AugmentationConfig augmentation;
    std::vector<ClipBoundary> boundaries{};  ///< by clip number, where the boundary is adaptive
    /// By clip number: each has an equal share of an epoch's places, see balanced_order. None: every clip has
    /// one place.
    std::vector<std::int64_t> groups{};
};

/// @throws ConfigError  it is below 1
void check_global_batch(std::int64_t global_batch);

/// The batches of a training: a pure function of (clips, configuration, step), the same for any number of
/// ranks.
///
/// An epoch visits every clip once; its last batch may be shorter. Nothing is dropped. Where groups are
/// balanced it has as many places as clips, and clips of a small group have several: each of a clip's places
/// has draws of its own, keyed by the clip's own number of passes in place of the epoch. Batches then hold
/// their clips ordered by that number.
class Batches {
public:
    /// @param features  must outlive this
    /// @param clips     the clip numbers to train on
    /// @param labels    [features.clips()] training labels by clip number; empty if the method needs none
    /// @throws ConfigError  a global batch below 1, or an option of the augmentation out of range
    Batches(const Features& features, std::vector<std::int64_t> clips, BatchConfig config,
            std::vector<std::int64_t> labels = {});

    std::int64_t clips() const noexcept { return static_cast<std::int64_t>(clips_.size()); }
    std::int64_t steps_per_epoch() const noexcept;
    std::int64_t global_batch() const noexcept { return config_.global_batch; }

    /// Of the whole data set.
    const Features& features() const noexcept { return features_; }
    /// The clips that train, by number in the data set.
    const std::vector<std::int64_t>& clip_numbers() const noexcept { return clips_; }
    /// Those from `begin` to before `end`, as recorded. @throws io::DataError  as gather
    PackedClips recorded(std::int64_t begin, std::int64_t end) const;
    /// How far whoever asks for batches in order may have them made ahead: several threads may ask at once.
    ReadAheadLimits ahead() const { return features_.ahead(); }

    /// Rank `rank`'s share of step `step`'s global batch; it may be empty, but not on rank 0.
    /// @throws io::DataError  as gather
    Batch share(std::int64_t step, int rank, int ranks, const Method& method) const;

    /// The same but for all features, which are 0: what a rank that cannot read its share goes through a step
    /// with, where the others count on its part in their collectives.
    Batch blank_share(std::int64_t step, int rank, int ranks, const Method& method) const;

private:
    using Gather = std::function<PackedClips(std::span<const std::int64_t> clips)>;

    /// A global batch.
    struct Places {
        std::vector<std::int64_t> clips;  ///< numbers in the data set
        std::vector<std::int64_t>
            passes;  ///< of each clip's own, ascending: the epoch, unless groups are balanced
        std::vector<std::int64_t> repeats;  ///< earlier places of the same clip in this batch
    };

    Places global_places(std::int64_t step) const;
    std::vector<Visit> order_of(std::int64_t epoch) const;
    Batch make_share(std::int64_t step, int rank, int ranks, const Method& method,
                     const Gather& gathered) const;

    /// The order of the epoch that was last asked for: to draw it costs as much as all of the data set's
    /// clips.
    struct EpochOrder {
        std::mutex mutex;
        std::int64_t epoch = -1;
        std::vector<Visit> order;
    };

    const Features& features_;
    std::vector<std::int64_t> clips_;
    BatchConfig config_;
    Augmentation augmentation_;
    std::vector<std::int64_t> labels_;
    std::vector<std::int64_t> groups_;  ///< of clips_; none: all are one
    mutable EpochOrder known_;
};

}  // namespace sslslr
