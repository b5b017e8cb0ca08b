#pragma once

#include <filesystem>

#include <torch/script.h>

#include "src/data/preprocess.hpp"
#include "src/export/padded_clips.hpp"

namespace sslslr {

/// A folder that `sslslr export` wrote, for programs that use these libraries: its TorchScript, and what frames
/// must be.
class ExportedEncoder {
public:
    /// @throws io::DataError  config.json or encoder.pt is missing or not what it should be
    explicit ExportedEncoder(const std::filesystem::path& folder);

    /// How clips of a store become frames.
    const PreprocessConfig& preprocess() const noexcept { return preprocess_; }

    /// Features [B, W] float32, without gradient.
    torch::Tensor represent(const PaddedClips& clips);

private:
    PreprocessConfig preprocess_;
    torch::jit::Module module_;
};

}  // namespace sslslr
