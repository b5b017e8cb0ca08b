#pragma once

#include <string>

#include <torch/script.h>

#include "src/model/encoder.hpp"
#include "src/train/weights.hpp"

namespace sslslr {

/// The encoder as a TorchScript module that any PyTorch or LibTorch loads without this program's code: forward(frames
/// [B, longest, F] float32, padded, lengths [B] int64) -> [B, W], without dropout. Its parameters and buffers have
/// the names of `weights`.
///
/// Compiled from the very lines of encoder.py that compute features, so that there is one reader to test.
///
/// @param weights  of the encoder alone, by its own names ("blocks.0.attention.qkv.weight")
torch::jit::Module scripted_encoder(const EncoderConfig& config, const NamedTensors& weights);

}  // namespace sslslr
