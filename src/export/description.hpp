#pragma once

#include <nlohmann/json.hpp>

#include "src/data/preprocess.hpp"
#include "src/model/encoder.hpp"

namespace sslslr {

/// Returns the layout of features after preprocessing a store that has all the points.
/// @throws ConfigError  an option of the preprocessing is out of range
FeatureLayout layout_of(const PreprocessConfig& config);

/// Describes the encoder's shape, from which a reader can rebuild the encoder with its weights.
nlohmann::json description_of(const EncoderConfig& config);

/// Describes the frames that the encoder reads: the options by name, the meaning of each feature in order,
/// and each step in words that suffice to implement it again.
/// @throws ConfigError  as layout_of
nlohmann::json description_of(const PreprocessConfig& config);

/// Returns the options from such a description.
/// @throws nlohmann::json::exception, ConfigError  something is missing or has a wrong type or value
PreprocessConfig preprocess_config_of(const nlohmann::json& description);

}  // namespace sslslr
