#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dist/communicator.hpp"
#include "dist/shared_memory.hpp"
#include "io/clip_store.hpp"
#include "src/data/features.hpp"
#include "src/data/preprocess.hpp"

namespace sslslr {

/// The preprocessed clips of a data set, one copy a node, and the memory they lie in. Destruction is
/// collective.
class ResidentFeatures {
public:
    /// Clip numbers are those of the store; labels and signers too. Read-only: other ranks look at the same
    /// memory.
    const Features& features() const noexcept { return features_; }

    /// The numbers of the clips without frames. They keep their place with length 0, for no selection to
    /// choose.
    const std::vector<std::int64_t>& empty_clips() const noexcept { return empty_clips_; }

private:
    friend ResidentFeatures load_features(const io::ClipStore&, const PreprocessConfig&,
                                          const dist::Communicator&, const dist::Communicator&, torch::Dtype);
    ResidentFeatures() = default;

    std::optional<dist::SharedMemory> memory_;  ///< none if there are no frames
    Features features_;
    std::vector<std::int64_t> empty_clips_;
};

/// Preprocesses every clip of the store, each rank of a node its share, into memory that the node shares.
/// Collective.
///
/// @param ranks  all ranks of the job: an error of one is thrown by all
/// @param node   those of them that share this rank's memory, or any finer split; must outlive the result
/// @param dtype  float32, or float64 for comparisons: the same values, widened
/// @throws dist::AgreedError  a ConfigError of Preprocessor or a DataError of the store
ResidentFeatures load_features(const io::ClipStore& store, const PreprocessConfig& config,
                               const dist::Communicator& ranks, const dist::Communicator& node,
                               torch::Dtype dtype = torch::kFloat32);

}  // namespace sslslr
