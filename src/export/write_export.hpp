#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/data/preprocess.hpp"
#include "src/export/padded_clips.hpp"
#include "src/model/encoder.hpp"
#include "src/train/weights.hpp"

namespace sslslr {

inline constexpr std::string_view export_format = "sslslr-encoder-1";

/// A trained encoder with its description, to be exported.
struct EncoderExport {
    EncoderConfig config;
    PreprocessConfig preprocess;
    NamedTensors weights;                           ///< only the encoder's, by its own names
    std::map<std::string, std::string> attributes;  ///< its origin: run, step, hashes, program
};

/// Clips and their features, with which readers can check their results.
struct ExportSample {
    std::vector<std::int64_t> numbers;  ///< [B] clip numbers in the data set
    PaddedClips clips;
    torch::Tensor features;  ///< [B, W] float32
};

/// The files to write in addition to config.json.
struct ExportFormats {
    bool weights = true;      ///< encoder.h5 and encoder.py
    bool torchscript = true;  ///< encoder.pt
};

/// Checks that a folder is absent, or holds only files of an earlier export.
/// @throws io::DataError  it holds anything else, or is a file
void check_export_folder(const std::filesystem::path& folder);

/// Writes a folder that appears complete or not at all, and replaces an earlier export of that name. Weights
/// are converted to float32.
/// @throws io::DataError  as check_export_folder, or the file system refuses
void write_export(const std::filesystem::path& folder, const EncoderExport& encoder,
                  const ExportFormats& formats, const std::optional<ExportSample>& sample);

}  // namespace sslslr
