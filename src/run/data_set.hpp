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

/// The signs among a data set's labels, numbered without gaps; the class "-" (no sign) is not one.
struct Classes {
    std::vector<std::int64_t> labels;  ///< [clips] class, -1 unlabelled or no sign
    std::vector<std::string> names;    ///< [count]
    std::int64_t count = 0;
};

/// How a data set is read.
struct DataOptions {
    PreprocessConfig preprocess;
    torch::Dtype dtype = torch::kFloat32;
    /// What its features may take of a node's memory, as --memory-limit has it: "16G"; "half": of what is
    /// free now; "none": no limit.
    std::string memory_limit = "none";
    bool keeps_prints = false;  ///< fingerprints of the clips are wanted
};

/// What --memory-limit means, for the help of those commands that have it.
inline constexpr const char* memory_limit_help =
    "what preprocessed clips may take of each node's memory: bytes such as 16G, half of what is free, or "
    "none: no limit; a data set that needs more, or more than several ranks of a node can share in "
    "/dev/shm, is streamed, with the same results";

/// What a memory limit comes to on this node. @throws ConfigError  it is none
std::int64_t bytes_of_limit(const std::string& memory_limit);

/// A data set opened and preprocessed, as every command needs it; clips that would take too much memory are
/// preprocessed when they are needed. Construction and destruction are collective.
class DataSet {
public:
    /// @throws ConfigError        no files named, or a memory limit that is none
    /// @throws dist::AgreedError  a file is missing, damaged or no clip store, the same on every rank
    DataSet(const std::vector<std::string>& files, const DataOptions& options, const Ranks& ranks);
    DataSet(const DataSet&) = delete;
    DataSet& operator=(const DataSet&) = delete;

    const io::ClipIndex& index() const noexcept { return store_->index(); }
    const Features& features() const noexcept { return features_->features(); }
    /// Tells data sets apart.
    std::string fingerprint() const;
    /// What of it decides a training on these clips. @param learns_labels  of the clips
    DataIdentity identity(const std::vector<std::int64_t>& training_clips, bool learns_labels) const;
    Classes classes() const;
    /// [clips] which of the files each lies in, counted from 0.
    std::vector<std::int64_t> stores() const;
    /// What a person knows a clip by: its name or number, and its file where there are several.
    std::string name_of(std::int64_t clip) const;

    /// Fingerprints of `clips` on the first rank, nothing on the others; where clips are streamed, those that
    /// no rank has read yet have no frames. Needs options.keeps_prints. Collective.
    std::vector<io::ClipPrint> known_prints(const std::vector<std::int64_t>& clips, const Ranks& ranks) const;
    /// The same, but streamed clips are read for it, each rank its share. Collective.
    /// @throws dist::AgreedError  a block of the store is damaged
    std::vector<io::ClipPrint> prints(const std::vector<std::int64_t>& clips, const Ranks& ranks) const;

private:
    std::optional<io::ClipStore> store_;
    std::unique_ptr<PrintTable> prints_;      ///< reads from the store; features may note clips in it
    std::optional<LoadedFeatures> features_;  ///< may read from the store
};

}  // namespace sslslr
