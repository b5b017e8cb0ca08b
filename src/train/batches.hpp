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
    std::int64_t global_batch = 64;  ///< clips of a step, over all ranks
    std::uint64_t seed = 0;          ///< of order, augmentation and dropout
    AugmentationConfig augmentation;
    /// By clip number. If given, every group has an equal share of an epoch's places (see balanced_order); if
    /// empty, every clip has one place.
    std::vector<std::int64_t> groups{};
};

/// Checks the size of a global batch.
/// @throws ConfigError  below 1
void check_global_batch(std::int64_t global_batch);

/// The batches of a training: a pure function of (clips, configuration, step), the same for any number of
/// ranks.
///
/// An epoch visits every clip once; its last batch may be shorter, and no clip is dropped. If groups are
/// balanced, an epoch has as many places as there are clips, and the clips of a small group have several.
/// Each of a clip's places then has draws of its own, keyed by how often the clip has been visited before
/// instead of by the epoch, and the clips of a batch are ordered by that number.
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

    /// The features of the whole data set.
    const Features& features() const noexcept { return features_; }
    /// The training clips, by number in the data set.
    const std::vector<std::int64_t>& clip_numbers() const noexcept { return clips_; }
    /// Returns the training clips [begin, end) as recorded.
    /// @throws io::DataError  as gather
    PackedClips recorded(std::int64_t begin, std::int64_t end) const;
    /// Returns how far batches may be made ahead by a caller that takes them in order; several threads may
    /// make them.
    ReadAheadLimits ahead() const { return features_.ahead(); }

    /// Returns rank `rank`'s share of the global batch of step `step`. It may be empty, except on rank 0.
    /// @throws io::DataError  as gather
    Batch share(std::int64_t step, int rank, int ranks, const Method& method) const;

    /// Returns the same share with all features set to 0. A rank that cannot read its share takes the step
    /// with it, because the others wait for its part in their collectives.
    Batch blank_share(std::int64_t step, int rank, int ranks, const Method& method) const;

private:
    using Gather = std::function<PackedClips(std::span<const std::int64_t> clips)>;

    /// A global batch.
    struct Places {
        std::vector<std::int64_t> clips;  ///< numbers in the data set
        std::vector<std::int64_t>
            passes;  ///< earlier visits to each clip, ascending; the epoch, unless groups are balanced
        std::vector<std::int64_t> repeats;  ///< earlier places of the same clip in this batch
    };

    Places global_places(std::int64_t step) const;
    std::vector<Visit> order_of(std::int64_t epoch) const;
    Batch make_share(std::int64_t step, int rank, int ranks, const Method& method,
                     const Gather& gathered) const;

    /// The order of the last epoch that was asked for: drawing an order takes time in proportion to the
    /// number of clips.
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
    std::vector<std::int64_t> groups_;  ///< of clips_; empty if there is only one
    mutable EpochOrder known_;
};

}  // namespace sslslr
