#pragma once

#include <string>

#include <torch/script.h>

#include "src/model/encoder.hpp"
#include "src/train/weights.hpp"

namespace sslslr {

/// Returns the encoder as a TorchScript module, which any PyTorch or LibTorch loads without this program's
/// code: forward(frames [B, longest, F] float32, padded, lengths [B] int64) -> [B, W], without dropout.
/// Parameters and buffers have the names in `weights`.
///
/// It is compiled from the same lines of encoder.py that readers run, so there is only one implementation to
/// test.
///
/// @param weights  only the encoder's, by its own names ("blocks.0.attention.qkv.weight")
torch::jit::Module scripted_encoder(const EncoderConfig& config, const NamedTensors& weights);

}  // namespace sslslr
