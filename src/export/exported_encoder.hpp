#pragma once

#include <filesystem>

#include <torch/script.h>

#include "src/data/preprocess.hpp"
#include "src/export/padded_clips.hpp"

namespace sslslr {

/// The encoder in a folder that `sslslr export` wrote, for programs that use these libraries: its TorchScript
/// and the preprocessing of its frames.
class ExportedEncoder {
public:
    /// @throws io::DataError  config.json or encoder.pt is missing or invalid
    explicit ExportedEncoder(const std::filesystem::path& folder);

    /// The preprocessing that turns clips of a store into frames.
    const PreprocessConfig& preprocess() const noexcept { return preprocess_; }

    /// Returns features [B, W] float32, without gradient.
    torch::Tensor represent(const PaddedClips& clips);

private:
    PreprocessConfig preprocess_;
    torch::jit::Module module_;
};

}  // namespace sslslr
