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

/// A trained encoder on its way out.
struct EncoderExport {
    EncoderConfig config;
    PreprocessConfig preprocess;
    NamedTensors weights;                           ///< of the encoder alone, by its own names
    std::map<std::string, std::string> attributes;  ///< where it comes from: run, step, hashes, program
};

/// Clips and their features, by which readers can check themselves.
struct ExportSample {
    std::vector<std::int64_t> numbers;  ///< [B] of the data set
    PaddedClips clips;
    torch::Tensor features;  ///< [B, W] float32
};

/// The files that an export holds beside config.json.
struct ExportFormats {
    bool weights = true;      ///< encoder.h5 and encoder.py
    bool torchscript = true;  ///< encoder.pt
};

/// Throws an io::DataError if the folder holds anything but the files of an earlier export.
void check_export_folder(const std::filesystem::path& folder);

/// Writes a folder that appears whole or not at all; an earlier export of that name is replaced. Weights become
/// float32.
/// @throws io::DataError  as check_export_folder, or the file system refuses
void write_export(const std::filesystem::path& folder, const EncoderExport& encoder,
                  const ExportFormats& formats, const std::optional<ExportSample>& sample);

}  // namespace sslslr
