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

/// What features may be and take.
struct Placement {
    torch::Dtype dtype = torch::kFloat32;  ///< or float64 for comparisons: the same values, widened
    /// The most bytes of this node that resident features may take; what a rank reads ahead of streamed ones may take
    /// its part of this, but at least 64 MiB and at most 1 GiB.
    std::int64_t memory_limit = std::numeric_limits<std::int64_t>::max();
    /// Where ranks of a node are to share features, and what it can hold.
    dist::SharedMemorySpace shared = dist::shared_memory_space();
    PrintTable* prints = nullptr;  ///< notes every clip that is read; must outlive the features. Null: none
};

/// The preprocessed clips of a data set and what holds them: memory of the node, or what reads them from the store.
/// Destruction is collective.
class LoadedFeatures {
public:
    /// Clip numbers are those of the store; labels and signers too. Read-only: other ranks look at the same
    /// memory.
    const Features& features() const noexcept { return features_; }

    /// The numbers of the clips without frames. They keep their place with length 0, for no selection to
    /// choose.
    const std::vector<std::int64_t>& empty_clips() const noexcept { return empty_clips_; }

    /// Clips that were centred and scaled by their palms, for want of shoulders, out of those that were looked at: all
    /// with frames if they are resident; if they are streamed some, on the first rank, and none elsewhere.
    struct ScaledByPalms {
        std::int64_t clips = 0;
        std::int64_t out_of = 0;
    };
    ScaledByPalms scaled_by_palms() const noexcept { return scaled_by_palms_; }

    /// Why clips are streamed, the same on all ranks; empty where they are not.
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

    std::optional<dist::SharedMemory> memory_;  ///< none if there are no frames, or they are streamed
    std::unique_ptr<const ClipFrames> streamed_;
    Features features_;
    std::vector<std::int64_t> empty_clips_;
    ScaledByPalms scaled_by_palms_;
    std::string why_streamed_;
};

/// Preprocesses every clip of the store, each rank of a node its share, into memory that the node shares. If that
/// is more than the placement allows on any node, or than the node's ranks can share, clips are streamed on all of
/// them, with the same values. Collective.
///
/// @param store  must outlive the result where clips are streamed
/// @param ranks  all ranks of the job: an error of one is thrown by all
/// @param node   those of them that share this rank's memory, or any finer split
/// @throws dist::AgreedError  a ConfigError of Preprocessor or a DataError of the store
LoadedFeatures load_features(const io::ClipStore& store, const PreprocessConfig& config,
                             const dist::Communicator& ranks, const dist::Communicator& node,
                             const Placement& placement = {});

}  // namespace sslslr
