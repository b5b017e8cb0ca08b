#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "io/tensors/checkpoint_file.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// Tensors with their names in a PyTorch state dict, in the order of registration.
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Returns the parameters that gradients train.
NamedTensors trained_parameters(const Method& method);

/// Returns all parameters and buffers.
NamedTensors state_tensors(const Method& method);

/// Returns the tensors of the trained encoder, by their names in it: "blocks.0.attention.qkv.weight".
NamedTensors encoder_tensors(const Method& method);

/// Returns a hash of every bit of the tensors, in their order.
std::uint64_t weights_fingerprint(const NamedTensors& tensors);

/// Returns a hash of every bit of the method's state: equal on two ranks if and only if their weights are
/// equal (except with probability 2^-64).
std::uint64_t weights_fingerprint(const Method& method);

/// Fills the method from a checkpoint's "model/" tensors, in place and in the method's precision.
/// @param prefix  only tensors whose names start with it: "encoder." leaves heads and queues unchanged
/// @throws ConfigError  names the tensor that is missing or has another shape
void load_weights(Method& method, const io::CheckpointFile& checkpoint, const std::string& prefix = "");

}  // namespace sslslr
