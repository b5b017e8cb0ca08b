#pragma once

#include <nlohmann/json.hpp>

#include "src/data/preprocess.hpp"
#include "src/model/encoder.hpp"

namespace sslslr {

/// What the features of a frame are once a store that has the points is preprocessed.
/// @throws ConfigError  an option of the preprocessing is out of range
FeatureLayout layout_of(const PreprocessConfig& config);

/// The encoder's shape, as a reader needs it to rebuild the encoder from weights alone.
nlohmann::json description_of(const EncoderConfig& config);

/// What frames must be before the encoder reads them: the options by name, the meaning of each feature in
/// order, and each step in words that suffice to write it anew. @throws ConfigError  as layout_of
nlohmann::json description_of(const PreprocessConfig& config);

/// The options back from a description.
/// @throws nlohmann::json::exception, ConfigError  something is missing, or not of its type or words
PreprocessConfig preprocess_config_of(const nlohmann::json& description);

}  // namespace sslslr
