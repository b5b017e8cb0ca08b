#pragma once

#include <string>
#include <vector>

#include "io/clip_store.hpp"
#include "launch/command.hpp"
#include "src/data/load_features.hpp"

namespace sslslr {

/// The signs among a data set's labels, numbered without gaps; the class "-" (no sign) is not one.
struct Classes {
    std::vector<std::int64_t> labels;  ///< [clips] class, -1 unlabelled or no sign
    std::vector<std::string> names;    ///< [count]
    std::int64_t count = 0;
};

/// A data set opened and preprocessed, as every command needs it. Construction and destruction are
/// collective.
class DataSet {
public:
    /// @throws ConfigError        no files named
    /// @throws dist::AgreedError  a file is missing, damaged or no clip store, the same on every rank
    DataSet(const std::vector<std::string>& files, const PreprocessConfig& config, torch::Dtype dtype,
            const Ranks& ranks);

    const io::ClipIndex& index() const noexcept { return store_->index(); }
    const Features& features() const noexcept { return features_->features(); }
    /// Tells data sets and preprocessing apart.
    std::string fingerprint() const;
    Classes classes() const;

private:
    std::optional<io::ClipStore> store_;
    std::optional<ResidentFeatures> features_;
};

}  // namespace sslslr
