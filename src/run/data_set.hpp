#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"
#include "src/data/data_identity.hpp"
#include "src/data/load_features.hpp"
#include "src/run/ranks.hpp"

namespace sslslr {

/// The signs of a data set, numbered without gaps. The label "-" (no sign) is not one of them.
struct Classes {
    std::vector<std::int64_t> labels;  ///< [clips] class in [0, count); -1: unlabelled or no sign
    std::vector<std::string> names;    ///< [count]
    std::int64_t count = 0;
};

/// How a data set is read.
struct DataOptions {
    PreprocessConfig preprocess;
    torch::Dtype dtype = torch::kFloat32;
    /// Memory of each node that the features may take, in the syntax of --memory-limit: "16G", "half" of the
    /// memory that is free now, or "none" for no limit.
    std::string memory_limit = "none";
    bool keeps_prints = false;  ///< whether to keep fingerprints of the clips
};

/// Help text of --memory-limit.
inline constexpr const char* memory_limit_help =
    "memory of each node that preprocessed clips may take: bytes such as 16G, half (of what is free) or none "
    "(no limit); data that need more, or more than the ranks of a node can share in /dev/shm, are streamed, "
    "with the same results";

/// Returns the number of bytes that a memory limit allows on this node.
/// @throws ConfigError  the text is not a memory limit
std::int64_t bytes_of_limit(const std::string& memory_limit);

/// A data set, opened and preprocessed. If the preprocessed clips would exceed the memory limit, they are
/// streamed: preprocessed when they are needed. Construction and destruction are collective.
class DataSet {
public:
    /// @throws ConfigError        no files are given, or the memory limit is not valid
    /// @throws dist::AgreedError  a file is missing, damaged or not a clip store
    DataSet(const std::vector<std::string>& files, const DataOptions& options, const Ranks& ranks);
    DataSet(const DataSet&) = delete;
    DataSet& operator=(const DataSet&) = delete;

    const io::ClipIndex& index() const noexcept { return store_->index(); }
    const Features& features() const noexcept { return features_->features(); }
    /// Returns a hash of the stores, different for different data sets.
    std::string fingerprint() const;
    /// Returns the parts of the data that affect training on these clips.
    /// @param learns_labels  whether the training uses the labels
    DataIdentity identity(const std::vector<std::int64_t>& training_clips, bool learns_labels) const;
    Classes classes() const;
    /// Returns [clips] the index of the file that holds each clip, counted from 0.
    std::vector<std::int64_t> stores() const;
    /// Names a clip for messages: by its name or number, and its file if there are several.
    std::string name_of(std::int64_t clip) const;

    /// Returns the fingerprints of `clips` on rank 0, and nothing on the others. Streamed clips that no rank
    /// has read yet have prints without frames. Requires options.keeps_prints. Collective.
    std::vector<io::ClipPrint> known_prints(const std::vector<std::int64_t>& clips, const Ranks& ranks) const;
    /// The same, but reads all streamed clips first, each rank its share. Collective.
    /// @throws dist::AgreedError  a block of the store is damaged
    std::vector<io::ClipPrint> prints(const std::vector<std::int64_t>& clips, const Ranks& ranks) const;

private:
    std::optional<io::ClipStore> store_;
    std::unique_ptr<PrintTable> prints_;      ///< reads from the store; features may add prints to it
    std::optional<LoadedFeatures> features_;  ///< reads from the store if streamed
};

}  // namespace sslslr
