#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dist/communicator.hpp"
#include "dist/shared_memory.hpp"
#include "io/store/clip_store.hpp"
#include "src/data/features.hpp"
#include "src/data/preprocess.hpp"
#include "src/data/print_table.hpp"

namespace sslslr {

/// Type, memory limits and place of the features.
struct Placement {
    torch::Dtype dtype = torch::kFloat32;  ///< or float64 for comparisons: the same values, widened
    /// The most bytes of this node that resident features may take. If features are streamed, a rank may read
    /// ahead by its share of this limit, but by at least 64 MiB and at most 1 GiB.
    std::int64_t memory_limit = std::numeric_limits<std::int64_t>::max();
    /// The memory that the ranks of a node share features in, and its capacity.
    dist::SharedMemorySpace shared = dist::shared_memory_space();
    PrintTable* prints = nullptr;  ///< records every clip that is read; must outlive the features; null: none
};

/// The preprocessed clips of a data set, with the owner of their memory or the reader that streams them.
/// Destruction is collective.
class LoadedFeatures {
public:
    /// The features. Clip numbers, labels and signers are those of the store. Read-only: other ranks use the
    /// same memory.
    const Features& features() const noexcept { return features_; }

    /// The numbers of the clips without frames. They keep their place, with length 0, so no selection chooses
    /// them.
    const std::vector<std::int64_t>& empty_clips() const noexcept { return empty_clips_; }

    /// The number of clips that were centred and scaled by their palms because they show no shoulders, out of
    /// those that were checked. If clips are resident, all clips with frames are checked; if streamed, a
    /// sample on the first rank and none on the others.
    struct ScaledByPalms {
        std::int64_t clips = 0;
        std::int64_t out_of = 0;
    };
    ScaledByPalms scaled_by_palms() const noexcept { return scaled_by_palms_; }

    /// The reason why clips are streamed, the same on all ranks; empty if they are resident.
    const std::string& why_streamed() const noexcept { return why_streamed_; }

private:
    friend LoadedFeatures load_features(const io::ClipStore&, const PreprocessConfig&,
                                        const dist::Communicator&, const dist::Communicator&,
                                        const Placement&);
    LoadedFeatures() = default;
    std::string take_memory(const dist::Communicator& ranks, const dist::Communicator& node,
                            std::int64_t bytes);
    void make_resident(const io::ClipStore& store, const Preprocessor& preprocess,
                       const dist::Communicator& ranks, const dist::Communicator& node,
                       const Placement& placement);

    std::optional<dist::SharedMemory> memory_;  ///< none if there are no frames, or if they are streamed
    std::unique_ptr<const ClipFrames> streamed_;
    Features features_;
    std::vector<std::int64_t> empty_clips_;
    ScaledByPalms scaled_by_palms_;
    std::string why_streamed_;
};

/// Preprocesses every clip of the store into memory that the ranks of a node share; each rank does a part. If
/// that takes more memory than `placement` allows or than the ranks of any node can share, clips are streamed
/// on all nodes, with the same values. Collective.
///
/// @param store  must outlive the result if clips are streamed
/// @param ranks  all ranks of the job: if one fails, all throw
/// @param node   the ranks that share this rank's memory, or any finer split of them
/// @throws c10::ValueError    a dtype other than float32 or float64
/// @throws dist::AgreedError  a ConfigError of Preprocessor, or a DataError of the store
LoadedFeatures load_features(const io::ClipStore& store, const PreprocessConfig& config,
                             const dist::Communicator& ranks, const dist::Communicator& node,
                             const Placement& placement = {});

}  // namespace sslslr
